// The list of a mailbox: only the rows that are on the screen are in the document, each of the same height.
import type { ListItem } from "../shared/api.ts";
import { el, fill, set } from "../shared/el.ts";
import { shortAddresses, shortDate, longDate } from "../shared/format.ts";
import { keyOf, type RowKey } from "./row-key.ts";
import { choose, emptySelection, type How, prune, type Selection } from "./selection.ts";
import type { Store, View } from "./store.ts";

export interface MessageList {
  root: HTMLElement;
  selection: Selection;
  // `view`: its number; another one begins at the top.
  show(mailbox: number, view: number): void;
  update(): void;
  // By so many rows from the focus; beyond an end: the end.
  move(by: number, how: How): void;
  // The thread of the row that has the focus.
  expand(isExpanded: boolean): void;
  go(row: RowKey, how: How): void;
  chooseAll(): void;
  // Nothing is chosen; the focus stays where it is.
  unchoose(): void;
  // Nor has anything the focus.
  clear(): void;
  focus(): void;
  pageRows(): number;
  // What is on the screen, and some around it.
  around(): { from: number; count: number };
}

export interface ListTold {
  selected(): void;
  opened(): void;
  // False: it could not be asked for.
  window(mailbox: number, from: number, count: number): Promise<boolean>;
  expand(thread: number, isExpanded: boolean): void;
}

const oneLinePx = 28;
const twoLinesPx = 46;
const narrowPx = 620;
const around = 20;
const indentPx = 14;

const known = new Set(["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "\\Recent"]);
export function labelsOf(item: ListItem): string[] {
  return item.flags.filter((flag) => !known.has(flag) && !flag.startsWith("$"));
}

// Letters with a word for each, as there are no icons.
function marksOf(item: ListItem): [string, string][] {
  const marks: [string, string][] = [];
  if (item.flags.includes("\\Flagged")) marks.push(["★", "Starred"]);
  if (item.flags.includes("\\Answered")) marks.push(["r", "Replied"]);
  if (item.flags.includes("$Forwarded")) marks.push(["f", "Forwarded"]);
  if (item.flags.includes("$Junk")) marks.push(["j", "Junk"]);
  if (item.has_attachments) marks.push(["a", "Attachments"]);
  return marks;
}

export function makeMessageList(store: Store, told: ListTold): MessageList {
  const rows = el("div", { class: "rows", role: "rowgroup" });
  const grid = el("div", { class: "grid", role: "treegrid", "aria-label": "Messages", "aria-multiselectable": "true" }, rows);
  const empty = el("p", { class: "empty" });
  const root = el("div", { class: "list" }, grid, empty);
  const drawn = new Map<number, HTMLElement>();
  const selection = emptySelection();
  let mailbox: number | null = null;
  let viewNumber = 0;
  let focusedAt = -1;
  let rowPx = oneLinePx;
  let asked = "";
  let hasFocus = false;
  // It was given the focus when there was no row to have it.
  let wantsFirst = false;
  // A row that was gone to, and is not loaded yet.
  let wanted: { at: number; how: How } | null = null;

  const places = (): readonly (RowKey | undefined)[] => (mailbox === null ? [] : store.places(mailbox));

  const view = (): View | undefined => (mailbox === null ? undefined : store.view(mailbox));

  // Whether its thread is expanded, or could be.
  const threadState = (at: number, item: ListItem): "none" | "collapsed" | "expanded" => {
    if (!view()?.threads || view()?.query !== "" || view()?.isEverywhere) return "none";
    if (item.hidden.length > 0) return "collapsed";
    const next = places()[at + 1];
    const below = next === undefined ? undefined : store.item(next);
    return item.depth === 0 && below?.thread === item.thread ? "expanded" : "none";
  };

  const threadMark = (item: ListItem, state: string): HTMLElement | null => {
    if (state === "none") return null;
    const isOpen = state === "expanded";
    const title = isOpen ? "Show the thread as one row" : `Show all ${item.hidden.length + 1} messages of the thread`;
    return el("span", { class: "thread", title, "data-thread": item.thread }, isOpen ? "▾" : `▸ ${item.hidden.length + 1}`);
  };

  const cells = (item: ListItem, state: string): HTMLElement[] => {
    const isSent = ["\\Sent", "\\Drafts"].includes(store.mailbox(item.mailbox)?.special_use ?? "");
    const who = isSent ? shortAddresses(item.to) : shortAddresses(item.from);
    const isSeen = item.flags.includes("\\Seen") && item.hidden_unread === 0;
    const indent = el("span", { class: "indent" });
    indent.style.width = `${item.depth * indentPx}px`;
    const marks = marksOf(item).map(([letter, word]) => el("abbr", { title: word }, letter));
    return [
      el("span", { role: "gridcell", class: "marks" }, isSeen ? null : el("abbr", { title: "Unread" }, "●"), ...marks),
      el("span", { role: "gridcell", class: "who", title: who }, who === "" ? "(nobody)" : who),
      el(
        "span",
        { role: "gridcell", class: "subject", title: item.subject },
        item.depth > 0 ? indent : null,
        threadMark(item, state),
        view()?.isEverywhere ? el("span", { class: "label mailbox" }, store.mailbox(item.mailbox)?.name ?? "") : null,
        ...labelsOf(item).map((label) => el("span", { class: "label" }, label)),
        item.subject === "" ? "(no subject)" : item.subject,
      ),
      el("span", { role: "gridcell", class: "date", title: longDate(item.received) }, shortDate(item.received, new Date())),
    ];
  };

  const drawRow = (at: number, key: RowKey | undefined, stop: boolean): void => {
    const item = key === undefined ? undefined : store.item(key);
    let row = drawn.get(at);
    if (!row) {
      row = el("div", { role: "row", class: "row" });
      // In the document they stand as they are seen: who has them read hears them so.
      const below = [...drawn.keys()].filter((one) => one > at).sort((a, b) => a - b)[0];
      rows.insertBefore(row, below === undefined ? null : (drawn.get(below) ?? null));
      drawn.set(at, row);
    }
    const thread = item ? threadState(at, item) : "none";
    const state = item ? `${key} ${view()?.isEverywhere ? store.mailbox(item.mailbox)?.name : ""} ${thread} ${item.depth} ${item.hidden.length} ${item.hidden_unread} ${item.flags.join(" ")}` : "waiting";
    if (row.dataset["state"] !== state) {
      row.dataset["state"] = state;
      if (item) fill(row, ...cells(item, thread));
      else fill(row, el("span", { role: "gridcell", class: "subject" }, "…"));
    }
    const isChosen = key !== undefined && (selection.isAll ? !selection.except.has(key) : selection.chosen.has(key));
    row.style.top = `${at * rowPx}px`;
    row.classList.toggle("unread", item !== undefined && (!item.flags.includes("\\Seen") || item.hidden_unread > 0));
    row.classList.toggle("flagged", item !== undefined && item.flags.includes("\\Flagged"));
    set(row, "aria-rowindex", String(at + 1));
    set(row, "aria-level", String((item?.depth ?? 0) + 1));
    set(row, "aria-expanded", thread === "none" ? null : String(thread === "expanded"));
    set(row, "aria-selected", String(isChosen));
    set(row, "data-row", key === undefined ? null : String(key));
    set(row, "tabindex", stop ? "0" : "-1");
  };

  const askWindow = (from: number, to: number): void => {
    if (mailbox === null) return;
    // Another stream is asked anew.
    if (view()?.isOpening) asked = "";
    const all = view()?.base ?? [];
    const first = Math.max(0, from - around);
    const last = Math.min(all.length, to + around);
    const window = `${mailbox} ${first} ${last} ${all.length}`;
    if (view()?.isOpening || window === asked || last <= first) return;
    for (let at = first; at < last; at += 1) {
      if (all[at] !== undefined) continue;
      asked = window;
      void told.window(mailbox, first, last - first).then((isAsked) => {
        if (!isAsked && asked === window) asked = "";
      });
      return;
    }
  };

  const onScreen = (): { from: number; to: number } => {
    const from = Math.max(0, Math.floor(root.scrollTop / rowPx) - 4);
    return { from, to: Math.min(places().length, from + Math.ceil(root.clientHeight / rowPx) + 8) };
  };

  const draw = (): void => {
    const all = places();
    const { from, to } = onScreen();
    const focused = selection.focus === null ? -1 : all.indexOf(selection.focus);
    focusedAt = focused;
    const stop = focused >= from && focused < to ? focused : from;
    for (const [at, row] of drawn)
      if ((at < from || at >= to) && at !== focused) {
        row.remove();
        drawn.delete(at);
      }
    for (let at = from; at < to; at += 1) drawRow(at, all[at], at === stop);
    if (focused >= 0 && (focused < from || focused >= to)) drawRow(focused, all[focused], true);
    grid.style.height = `${all.length * rowPx}px`;
    grid.setAttribute("aria-rowcount", String(all.length));
    grid.hidden = all.length === 0;
    askWindow(from, to);
    if (hasFocus && focused >= 0 && !drawn.get(focused)?.contains(document.activeElement)) drawn.get(focused)?.focus({ preventScroll: true });
  };

  // That stands for it.
  const rowFor = (key: RowKey): RowKey | undefined => {
    for (const [row, item] of view()?.items ?? []) if (item.hidden.some((uid) => keyOf(item.mailbox, uid) === key)) return row;
    return undefined;
  };

  const update = (): void => {
    const now = view();
    const all = places();
    const shown = new Set(all);
    if (now && !now.isOpening) {
      const wasFocused = selection.focus;
      const gone = [...selection.chosen].filter((key) => !shown.has(key));
      prune(selection, (key) => shown.has(key));
      // What went into a row of its thread is chosen there.
      for (const key of gone) {
        const row = rowFor(key);
        if (row !== undefined) selection.chosen.add(row);
      }
      // What is read goes out of a list of the unread: the next one is still the next.
      if (wasFocused !== null && selection.focus === null)
        selection.focus = rowFor(wasFocused) ?? all[Math.min(focusedAt - 1, all.length - 1)] ?? null;
      if (wantsFirst && selection.focus === null) selection.focus = all.find((key) => key !== undefined) ?? null;
      if (selection.focus !== null) wantsFirst = false;
    }
    const nothing = now?.query ? (now.isSearching ? "" : "Nothing found.") : "No messages here.";
    if (wanted && wanted.at >= all.length) wanted.at = all.length - 1;
    const reached = wanted === null ? undefined : all[wanted.at];
    if (wanted && reached !== undefined) return go(reached, wanted.how);
    fill(empty, now && !now.isOpening && shown.size === 0 ? nothing : "");
    draw();
  };

  const reveal = (at: number): void => {
    const top = at * rowPx;
    if (top < root.scrollTop) root.scrollTop = top;
    else if (top + rowPx > root.scrollTop + root.clientHeight) root.scrollTop = top + rowPx - root.clientHeight;
  };

  const go = (key: RowKey, how: How): void => {
    wanted = null;
    choose(selection, places(), key, how);
    const at = places().indexOf(key);
    if (at >= 0) reveal(at);
    draw();
    if (how !== "focus") told.selected();
  };

  const keyAt = (row: Element | null): RowKey => Number(row?.getAttribute("data-row")) as RowKey;
  root.addEventListener("scroll", draw, { passive: true });
  grid.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
    const key = keyAt(row);
    if (!row || !key) return;
    const thread = event.target instanceof Element ? event.target.closest(".thread")?.getAttribute("data-thread") : null;
    if (thread) return told.expand(Number(thread), row.getAttribute("aria-expanded") !== "true");
    hasFocus = true;
    go(key, event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only");
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) told.opened();
  });
  grid.addEventListener("focusin", (event) => {
    hasFocus = true;
    const key = keyAt(event.target instanceof Element ? event.target.closest("[data-row]") : null);
    if (key && selection.focus === null) selection.focus = key;
  });
  grid.addEventListener("focusout", (event) => {
    // A row that is taken out of the document takes the focus along, to nowhere: then it is ours still.
    if (event.relatedTarget !== null && !grid.contains(event.relatedTarget as Node)) hasFocus = false;
  });
  grid.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || selection.focus === null) return;
    event.preventDefault();
    go(selection.focus, "only");
    told.opened();
  });
  new ResizeObserver(() => {
    const isNarrow = root.clientWidth < narrowPx;
    rowPx = isNarrow ? twoLinesPx : oneLinePx;
    root.classList.toggle("two-lines", isNarrow);
    draw();
  }).observe(root);

  return {
    root,
    selection,
    show(next, number) {
      if (number === viewNumber) return;
      mailbox = next;
      viewNumber = number;
      asked = "";
      focusedAt = -1;
      wanted = null;
      Object.assign(selection, emptySelection());
      for (const row of drawn.values()) row.remove();
      drawn.clear();
      root.scrollTop = 0;
      update();
    },
    update,
    move(by, how) {
      const all = places();
      if (all.length === 0) return;
      const at = selection.focus === null ? -1 : all.indexOf(selection.focus);
      const next = Math.min(Math.max(at < 0 && by > 0 ? by - 1 : at + by, 0), all.length - 1);
      const key = all[next];
      reveal(next);
      hasFocus = true;
      if (key !== undefined) return go(key, how);
      wanted = { at: next, how };
      draw();
    },
    go,
    unchoose() {
      wanted = null;
      Object.assign(selection, { ...emptySelection(), focus: selection.focus });
      draw();
    },
    clear() {
      wanted = null;
      Object.assign(selection, emptySelection());
      draw();
    },
    chooseAll() {
      if (places().length === 0) return;
      wanted = null;
      selection.isAll = true;
      selection.except.clear();
      hasFocus = true;
      if (selection.focus === null) selection.focus = places().find((key) => key !== undefined) ?? null;
      draw();
      told.selected();
    },
    expand(isExpanded) {
      const item = selection.focus === null ? undefined : store.item(selection.focus);
      if (item) told.expand(item.thread, isExpanded);
    },
    focus() {
      wanted = null;
      hasFocus = true;
      if (selection.focus === null) selection.focus = places().find((key) => key !== undefined) ?? null;
      wantsFirst = selection.focus === null;
      draw();
    },
    around() {
      const { from, to } = onScreen();
      const first = Math.max(0, from - around);
      return { from: first, count: to + around - first };
    },
    pageRows: () => Math.max(1, Math.floor(root.clientHeight / rowPx) - 1),
  };
}
