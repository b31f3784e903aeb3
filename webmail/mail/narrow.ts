// A panel of what there is in the list, by year, label and sender, each with how many: choosing one writes its words into the
// search line, and choosing it again takes them out. It is counted anew while it is open and the list changes.
import type { Counted } from "../shared/api.ts";
import { CallError, why } from "../shared/call.ts";
import { button, el, fill, set } from "../shared/el.ts";
import { count, longAddress } from "../shared/format.ts";
import { hasTerms, termOf, valuesOf, withoutTerms, withTerms } from "./query-line.ts";

// The list that is shown.
export interface Listed {
  query: string;
  // Another one is another list, and another state the same with changes.
  list: string;
  state: string;
  // It can be counted.
  isWhole: boolean;
}

export interface Narrow {
  button: HTMLButtonElement;
  panel: HTMLElement;
  toggle(): void;
  // False: it was not on the screen.
  close(): boolean;
  update(now: Listed): void;
}

export interface NarrowTold {
  count(): Promise<Counted>;
  // What is in the search line, sought or not yet.
  line(): string;
  search(query: string): void;
  opened(isOpen: boolean): void;
}

interface Choice {
  name: string;
  terms: string[];
  // None: it is asked for, and not among those that are counted.
  messages: number | null;
}

const againMs = 1_000;
const nothing = { list: "", state: "" };

// The query language knows the years from 1900 on.
const yearTerms = (year: number): string[] => (year < 1900 || year > 9999 ? [] : [`since:${year}-01-01`, `until:${year}-12-31`]);

function yearsIn(query: string): number[] {
  const years = valuesOf(query, "since").map((day) => Number(/^(\d{4})-01-01$/.exec(day)?.[1]));
  return years.filter((year) => Number.isInteger(year) && hasTerms(query, yearTerms(year)));
}

// What the line asks for is there to be taken out, counted or not.
function withAsked(counted: Choice[], asked: Choice[]): Choice[] {
  const isThere = (one: Choice): boolean => counted.some((other) => other.terms.join(" ") === one.terms.join(" "));
  return [...asked.filter((one) => !isThere(one)), ...counted];
}

function choicesOf(counted: Counted, query: string): [string, Choice[], number][] {
  const years = counted.years.map(({ year, messages }) => ({ name: String(year), terms: yearTerms(year), messages }));
  const labels = counted.labels.map(({ name, messages }) => ({ name, terms: [termOf("label", name)], messages }));
  const senders = counted.senders.map((one) => ({ name: longAddress(one), terms: [termOf("from", one.address)], messages: one.messages }));
  const asked = (tag: string): Choice[] => valuesOf(query, tag).map((name) => ({ name, terms: [termOf(tag, name)], messages: null }));
  const askedYears = yearsIn(query).map((year) => ({ name: String(year), terms: yearTerms(year), messages: null }));
  return [
    ["Years", withAsked(years, askedYears), 0],
    ["Labels", withAsked(labels, asked("label")), counted.more_labels],
    ["Senders", withAsked(senders, asked("from")), counted.more_senders],
  ];
}

export function makeNarrow(told: NarrowTold): Narrow {
  const note = el("p", { class: "hint", role: "status" });
  const groups = el("div", { class: "groups" });
  const panel = el("div", { class: "narrow", id: "narrow", role: "region", "aria-label": "Narrow the list" }, note, groups);
  panel.hidden = true;
  const opener = button("Narrow", () => toggle(), { "data-command": "narrow", "aria-expanded": "false", "aria-controls": "narrow" });
  let now: Listed = { query: "", list: "", state: "", isWhole: false };
  let counted: Counted | null = null;
  let asked = nothing;
  let isWaiting = false;
  let turn = 0;
  let timer = 0;
  let last = -Infinity;

  const entry = ({ name, terms, messages }: Choice): HTMLElement => {
    const isChosen = terms.length > 0 && hasTerms(now.query, terms);
    const choose = (): void => told.search(isChosen ? withoutTerms(told.line(), terms) : withTerms(told.line(), terms));
    const number = messages === null ? null : el("span", { class: "count" }, messages.toLocaleString(), el("span", { class: "hidden" }, messages === 1 ? " message" : " messages"));
    const made = el("button", { type: "button", click: choose, "aria-pressed": String(isChosen), "data-terms": terms.join(" ") }, el("span", { class: "name", title: name }, name), number);
    made.disabled = terms.length === 0;
    return el("li", {}, made);
  };

  const draw = (): void => {
    if (!counted || panel.hidden) return;
    const focused = panel.contains(document.activeElement) ? document.activeElement?.getAttribute("data-terms") : null;
    const shown = choicesOf(counted, now.query).filter(([, choices]) => choices.length > 0);
    fill(
      groups,
      ...shown.map(([name, choices, more]) =>
        el("section", {}, el("h2", {}, name), el("ul", {}, ...choices.map(entry)), more > 0 ? el("p", { class: "hint" }, `and ${count(more, "other", "others")}`) : null),
      ),
    );
    if (focused) ([...groups.querySelectorAll("button")].find((one) => one.dataset["terms"] === focused) ?? opener).focus();
  };
  // `isSpoken`: by a screen reader, while it is looked at elsewhere.
  const say = (text: string, isSpoken = true): void => {
    set(note, "aria-live", isSpoken ? null : "off");
    if (note.textContent !== text) fill(note, text);
  };

  const ask = async (): Promise<void> => {
    const mine = (turn += 1);
    // Changes of one list are not told each by itself.
    const isRecount = counted !== null && asked.list === now.list;
    asked = now;
    isWaiting = true;
    last = Date.now();
    set(panel, "aria-busy", "true");
    let given: Counted | null = null;
    let problem: unknown = null;
    try {
      given = await told.count();
    } catch (error) {
      problem = error;
    }
    if (mine !== turn) return;
    isWaiting = false;
    set(panel, "aria-busy", null);
    if (given) {
      counted = given;
      say(`${count(given.total, "message", "messages")}, ${given.unread.toLocaleString()} unread`, !isRecount);
      draw();
    } else if (problem instanceof CallError && problem.code === "busy") {
      asked = nothing; // it is searched anew
    } else {
      say(`The messages could not be counted: ${why(problem)}. Close this and open it to try again.`);
    }
    later();
  };
  // When there is something to ask, and not too often: one question after the other.
  const later = (): void => {
    const isOther = asked.list !== now.list;
    if (panel.hidden || !now.isWhole || (!isOther && (isWaiting || asked.state === now.state))) return;
    clearTimeout(timer);
    timer = setTimeout(() => !panel.hidden && now.isWhole && void ask(), isOther && asked.list !== "" ? 0 : Math.max(0, last + againMs - Date.now()));
  };

  const show = (isOpen: boolean): void => {
    panel.hidden = !isOpen;
    set(opener, "aria-expanded", String(isOpen));
    told.opened(isOpen);
    say(isOpen ? "Counting …" : "");
    if (isOpen) return later();
    clearTimeout(timer);
    turn += 1;
    isWaiting = false;
    counted = null;
    asked = nothing;
    fill(groups);
  };
  const toggle = (): void => {
    show(panel.hidden);
    opener.focus();
  };
  const close = (): boolean => {
    if (!panel.checkVisibility()) return false;
    const hadFocus = panel.contains(document.activeElement);
    show(false);
    if (hadFocus) opener.focus();
    return true;
  };
  const closeByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !close()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  opener.addEventListener("keydown", closeByKey);
  panel.addEventListener("keydown", closeByKey);

  return {
    button: opener,
    panel,
    toggle,
    close,
    update(next) {
      const before = now;
      now = next;
      if (!panel.hidden && next.list !== before.list) say("Counting …");
      if (next.query !== before.query) draw();
      later();
    },
  };
}
