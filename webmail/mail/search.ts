// The search line above the list, and buttons for what is asked of most. Both are one thing: a button writes its words
// into the line, or takes them out.
import { button, el, fill, set } from "../shared/el.ts";
import { count } from "../shared/format.ts";

export interface SearchBar {
  root: HTMLElement;
  // What is looked for now, and how much of it there is.
  update(query: string, found: number, isSearching: boolean, hasThreads: boolean): void;
  focus(): void;
}

const refinements: readonly [string, string][] = [
  ["Only unread", "is:unread"],
  ["Only starred", "is:flagged"],
  ["With attachments", "has:attachment"],
];

const wordsOf = (line: string): string[] => line.split(" ").filter((word) => word !== "");

export function makeSearch(search: (query: string) => void, leave: () => void, toggleThreads: () => void): SearchBar {
  const input = el("input", {
    type: "search",
    id: "search",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 500,
    placeholder: "Search",
    "aria-label": "Search this mailbox",
    "aria-describedby": "search-help",
  });
  const state = el("span", { class: "found", role: "status" });
  const clear = button("Clear", () => search(""));
  const threads = button("Threads", toggleThreads, { "data-command": "threads" });
  const toggles = refinements.map(([name, words]) => {
    const toggle = button(name, () => {
      const before = wordsOf(input.value);
      search((before.includes(words) ? before.filter((word) => word !== words) : [...before, words]).join(" "));
    });
    return { toggle, words };
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
    el("div", { class: "bar" }, ...toggles.map((one) => one.toggle), clear, threads),
    state,
  );
  let shown = "";
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    search(input.value.trim());
    input.blur(); // its rows are to come
    leave();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (input.value !== "" || shown !== "") search("");
    input.value = "";
    leave();
  });

  return {
    root,
    update(query, found, isSearching, hasThreads) {
      threads.hidden = query !== "";
      set(threads, "aria-pressed", String(hasThreads));
      if (query !== shown) input.value = query;
      shown = query;
      clear.hidden = query === "";
      root.classList.toggle("active", query !== "");
      const words = wordsOf(query);
      for (const one of toggles) set(one.toggle, "aria-pressed", String(words.includes(one.words)));
      const text = query === "" ? "" : isSearching ? `Searching … ${found} found` : `${count(found, "message", "messages")} found`;
      if (state.textContent !== text) fill(state, text);
    },
    focus() {
      input.focus();
      input.select();
    },
  };
}
