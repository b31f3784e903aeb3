// The messages of a thread, in whichever mailboxes they are: a list above the one that is shown, when there are others.
import type { ListItem, ShownThread } from "../shared/api.ts";
import type { Call } from "../shared/call.ts";
import { el, fill } from "../shared/el.ts";
import { count, longDate, shortAddresses, shortDate } from "../shared/format.ts";
import { keyOf, mailboxOf, type RowKey, uidOf } from "./row-key.ts";
import type { Store } from "./store.ts";

export interface Conversation {
  root: HTMLElement;
  // The message that is shown; null: none.
  of(row: RowKey | null): void;
  // Something may be different in the store.
  update(): void;
  // Goes by so many messages from the one that is shown.
  move(by: number): void;
}

const askedAgainMs = 1_000;

export function makeConversation(call: Call, store: Store, choose: (row: RowKey) => void): Conversation {
  const caption = el("p", { class: "hint" });
  const list = el("ol", {});
  const root = el("nav", { class: "conversation", "aria-label": "Conversation", hidden: true }, caption, list);
  let shown: RowKey | null = null;
  let thread: ShownThread = { messages: [], is_cut: false };
  let isAsking = false;
  let askedAt = 0;
  let timer = 0;
  // What the store said when it was asked for.
  let asked = "";
  let drawn = "";
  let revealed: RowKey | null = null;

  const rowOf = (item: ListItem): RowKey => keyOf(item.mailbox, item.uid);
  const isHere = (): boolean => thread.messages.some((one) => rowOf(one) === shown);

  const entry = (item: ListItem, here: number): HTMLElement => {
    const row = rowOf(item);
    const isUnread = !store.known(row)?.flags.includes("\\Seen");
    const who = shortAddresses(item.from);
    const made = el(
      "button",
      { type: "button", class: isUnread ? "unread" : "", click: () => choose(row), "data-row": row, title: item.subject },
      el("span", { class: "marks" }, isUnread ? el("abbr", { title: "Unread" }, "●") : null),
      el("span", { class: "who" }, who === "" ? "(nobody)" : who),
      item.mailbox === here ? null : el("span", { class: "label mailbox" }, store.mailbox(item.mailbox)?.name ?? ""),
      el("span", { class: "date", title: longDate(item.received) }, shortDate(item.received, new Date())),
    );
    if (row === shown) made.setAttribute("aria-current", "true");
    return el("li", {}, made);
  };

  const current = (): HTMLElement | null => list.querySelector("[aria-current]");
  const reveal = (): void => {
    const entryShown = current();
    if (!entryShown) return;
    const top = entryShown.offsetTop - list.offsetTop;
    list.scrollTop = Math.max(Math.min(list.scrollTop, top), top + entryShown.offsetHeight - list.clientHeight);
  };
  // What is drawn while the pane is hidden has no height.
  new ResizeObserver(reveal).observe(list);

  const focusedRow = (): string | null => (list.contains(document.activeElement) ? (document.activeElement?.getAttribute("data-row") ?? "") : null);

  const draw = (): void => {
    const { messages, is_cut } = thread;
    const isHidden = shown === null || messages.length < 2 || !isHere();
    // What has the focus goes: it stays near.
    if (isHidden && root.contains(document.activeElement)) root.closest("article")?.focus({ preventScroll: true });
    root.hidden = isHidden;
    if (shown === null || isHidden) return;
    const state = JSON.stringify([shown, is_cut, messages.map((one) => [rowOf(one), store.known(rowOf(one))?.flags, store.mailbox(one.mailbox)?.name])]);
    if (state === drawn) return;
    drawn = state;
    const here = mailboxOf(shown);
    const focused = focusedRow();
    const top = list.scrollTop;
    fill(caption, `Conversation of ${is_cut ? "more than " : ""}${count(messages.length, "message", "messages")}`);
    fill(list, ...messages.map((one) => entry(one, here)));
    list.scrollTop = top;
    if (focused !== null) (list.querySelector<HTMLElement>(`[data-row="${focused}"]`) ?? current())?.focus({ preventScroll: true });
    if (revealed !== shown) reveal();
    revealed = shown;
  };

  // Counts, and what a view was told: what moves, comes or goes is in one of them.
  const stateOfStore = (): string => JSON.stringify([store.views().map((one) => one.upTo), store.mailboxes().map((one) => [one.id, one.total, one.unread])]);

  const ask = async (): Promise<void> => {
    if (isAsking || shown === null) return;
    clearTimeout(timer);
    timer = 0;
    isAsking = true;
    askedAt = Date.now();
    asked = stateOfStore();
    const row = shown;
    store.willKnow();
    try {
      const answer = await call("mail.thread", { mailbox: mailboxOf(row), uid: uidOf(row) });
      if (row === shown) know(answer);
    } catch {
      // What was known stays: the message itself is there, and one that has gone has no others.
    } finally {
      isAsking = false;
    }
    if (row !== shown) void ask();
    else update();
  };
  const know = (answer: ShownThread): void => {
    thread = answer;
    store.know(answer.messages);
  };

  const update = (): void => {
    draw();
    if (shown === null || isAsking || timer !== 0 || stateOfStore() === asked) return;
    timer = setTimeout(() => {
      timer = 0;
      void ask();
    }, Math.max(0, askedAt + askedAgainMs - Date.now()));
  };

  return {
    root,
    of(row) {
      if (row === shown) return;
      shown = row;
      // Of the same thread the others are known already.
      if (!isHere()) know({ messages: [], is_cut: false });
      draw();
      void ask();
    },
    update,
    move(by) {
      const at = thread.messages.findIndex((one) => rowOf(one) === shown);
      const next = at < 0 ? undefined : thread.messages[at + by];
      if (next) choose(rowOf(next));
    },
  };
}
