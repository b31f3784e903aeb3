// The mailboxes as a tree: those with a special use first, the others by name; how many messages are unread.
import type { ShownMailbox } from "../shared/api.ts";
import { el, fill } from "../shared/el.ts";

export interface MailboxList {
  root: HTMLElement;
  update(mailboxes: readonly ShownMailbox[], current: number | null): void;
}

const uses = ["\\Inbox", "\\Drafts", "\\Sent", "\\Archive", "\\Junk", "\\Trash"];

function rank(mailbox: ShownMailbox): number {
  if (mailbox.name === "Inbox") return 0;
  const at = uses.indexOf(mailbox.special_use);
  return at < 0 ? uses.length : at;
}

// Children follow their parents, which have the rank of the whole.
export function inOrder(mailboxes: readonly ShownMailbox[]): ShownMailbox[] {
  const byName = new Map(mailboxes.map((one) => [one.name, one]));
  const rankOf = (one: ShownMailbox): number => {
    const top = byName.get(one.name.split("/")[0] ?? "");
    return top ? rank(top) : rank(one);
  };
  return [...mailboxes].sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

export function makeMailboxList(open: (mailbox: number) => void, ...actions: HTMLElement[]): MailboxList {
  const list = el("ul", {});
  const root = el("nav", { class: "mailboxes", "aria-label": "Mailboxes" }, list, el("div", { class: "bar" }, ...actions));
  let last = "";

  root.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [...list.querySelectorAll("button")];
    const at = all.findIndex((one) => one === document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    all[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  });

  const entry = (one: ShownMailbox, current: number | null, names: ReadonlySet<string>): HTMLElement => {
    const levels = one.name.split("/");
    const parent = levels.slice(0, -1).join("/");
    const depth = names.has(parent) ? levels.length - 1 : 0;
    const name = depth > 0 ? (levels[levels.length - 1] ?? one.name) : one.name;
    const made = el(
      "button",
      { type: "button", class: one.unread > 0 ? "unread" : "", click: () => open(one.id), "data-mailbox": one.id },
      el("span", { class: "name", title: one.name }, name),
      one.unread > 0 ? el("span", { class: "count" }, String(one.unread), el("span", { class: "hidden" }, " unread")) : null,
    );
    made.style.paddingLeft = `${8 + depth * 14}px`;
    if (one.id === current) made.setAttribute("aria-current", "page");
    return el("li", {}, made);
  };

  return {
    root,
    update(mailboxes, current) {
      const state = JSON.stringify([current, mailboxes]);
      if (state === last) return;
      last = state;
      const names = new Set(mailboxes.map((one) => one.name));
      const focused = document.activeElement?.getAttribute("data-mailbox");
      fill(list, ...inOrder(mailboxes).map((one) => entry(one, current, names)));
      if (focused) list.querySelector<HTMLElement>(`[data-mailbox="${focused}"]`)?.focus();
    },
  };
}
