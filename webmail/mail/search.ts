// The search line above the list, and buttons for what is asked of most. Both are one thing: a button writes its words
// into the line, or takes them out.
import { button, el, fill, set } from "../shared/el.ts";
import { count } from "../shared/format.ts";
import { type Listed, makeNarrow, type NarrowTold } from "./narrow.ts";
import { hasTerms, withoutTerms, withTerms } from "./query-line.ts";

// What is looked for now, and how much of it there is.
export interface Searched extends Listed {
  isEverywhere: boolean;
  found: number;
  isSearching: boolean;
  hasThreads: boolean;
}

export interface SearchBar {
  root: HTMLElement;
  update(now: Searched): void;
  focus(): void;
  toggleNarrow(): void;
  // False: it was not on the screen.
  closeNarrow(): boolean;
}

const refinements: readonly [string, string][] = [
  ["Only unread", "is:unread"],
  ["Only starred", "is:flagged"],
  ["With attachments", "has:attachment"],
];

export interface SearchTold {
  search(query: string, isEverywhere: boolean): void;
  // Back to the list.
  leave(): void;
  toggleThreads(): void;
  count: NarrowTold["count"];
}

export function makeSearch({ search, leave, toggleThreads, count: countMessages }: SearchTold): SearchBar {
  let isEverywhere = false;
  const input = el("input", {
    type: "search",
    id: "search",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 500,
    placeholder: "Search",
    "aria-label": "Search",
    "aria-describedby": "search-help",
  });
  const state = el("span", { class: "found", role: "status" });
  const clear = button("Clear", () => search("", false));
  const everywhere = button("All mailboxes", () => search(input.value.trim(), !isEverywhere), { "data-command": "everywhere" });
  const threads = button("Threads", toggleThreads, { "data-command": "threads" });
  const toggles = refinements.map(([name, words]) => {
    const toggle = button(name, () => search(hasTerms(input.value, [words]) ? withoutTerms(input.value, [words]) : withTerms(input.value, [words]), isEverywhere));
    return { toggle, words };
  });
  const narrow = makeNarrow({
    count: countMessages,
    line: () => input.value.trim(),
    search: (query) => search(query, isEverywhere),
    opened: (isOpen) => root.classList.toggle("narrowing", isOpen),
  });
  const help = el(
    "span",
    { id: "search-help", class: "hidden" },
    "Words, from: to: subject: body: label: is:unread is:flagged has:attachment since: until: larger: with - for not, OR, and brackets",
  );
  const root = el(
    "form",
    { class: "search", role: "search" },
    input,
    help,
    el("div", { class: "bar" }, ...toggles.map((one) => one.toggle), everywhere, clear, threads, narrow.button),
    state,
    narrow.panel,
  );
  // On a phone the buttons are there while something here has the focus. They go when the pointer is let go: what is pressed
  // must not move before that.
  let isPressed = false;
  const follow = (): void => void root.classList.toggle("in-use", root.contains(document.activeElement));
  addEventListener("pointerdown", () => (isPressed = true), true);
  for (const end of ["pointerup", "pointercancel"])
    addEventListener(end, () => {
      isPressed = false;
      setTimeout(follow);
    }, true);
  root.addEventListener("focusin", follow);
  root.addEventListener("focusout", () => setTimeout(() => !isPressed && follow()));
  let shown = "";
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    search(input.value.trim(), isEverywhere);
    input.blur(); // its rows are to come
    leave();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (narrow.close()) return;
    if (input.value !== "" || shown !== "") search("", false);
    input.value = "";
    leave();
  });

  return {
    root,
    update(now) {
      isEverywhere = now.isEverywhere;
      const isNarrowed = now.query !== "" || isEverywhere;
      threads.hidden = isNarrowed;
      set(threads, "aria-pressed", String(now.hasThreads));
      set(everywhere, "aria-pressed", String(isEverywhere));
      if (now.query !== shown) input.value = now.query;
      shown = now.query;
      clear.hidden = !isNarrowed;
      root.classList.toggle("active", isNarrowed);
      for (const one of toggles) set(one.toggle, "aria-pressed", String(hasTerms(now.query, [one.words])));
      const text = !isNarrowed ? "" : now.isSearching ? `Searching … ${now.found} found` : `${count(now.found, "message", "messages")}${now.query === "" ? "" : " found"}`;
      if (state.textContent !== text) fill(state, text);
      narrow.update(now);
    },
    focus() {
      input.focus();
      input.select();
    },
    toggleNarrow: narrow.toggle,
    closeNarrow: narrow.close,
  };
}
