// What one can do to messages and mailboxes. It is shown at once, and taken back with the reason when it is refused.
import type { Acted, ActionProgress, ListItem, ShownMailbox, ViewName } from "../shared/api.ts";
import { type Call, CallError, why } from "../shared/call.ts";
import { ask } from "../shared/dialog.ts";
import { count } from "../shared/format.ts";
import type { Toast } from "../shared/toast.ts";
import { chooseLabels, chooseMailbox } from "./chooser.ts";
import { labelsOf } from "./message-list.ts";
import { makeOngoing } from "./ongoing.ts";
import { byMailbox, keyOf, mailboxOf, type RowKey } from "./row-key.ts";
import type { Pending, Store } from "./store.ts";

export interface Target {
  // Of all: those that are loaded, which show at once what is done.
  rows: RowKey[];
  all?: { view: ViewName; mailboxes: number[]; count: number; except: RowKey[] };
}

// What of a target is in one mailbox: the server is asked for each by itself.
interface Share {
  rows: RowKey[];
  named: { mailbox: number; uids: number[]; all_of?: ViewName };
}

function shares(target: Target): Share[] {
  const rows = byMailbox(target.rows);
  const { all } = target;
  if (!all) return [...rows].map(([mailbox, uids]) => ({ rows: uids.map((uid) => keyOf(mailbox, uid)), named: { mailbox, uids } }));
  const except = byMailbox(all.except);
  return all.mailboxes.map((mailbox) => ({
    rows: (rows.get(mailbox) ?? []).map((uid) => keyOf(mailbox, uid)),
    named: { mailbox, uids: except.get(mailbox) ?? [], all_of: all.view },
  }));
}

export interface Actions {
  setFlags(add: string[], remove: string[], isQuiet: boolean, target: Target): void;
  toggleFlag(flag: string, target: Target): void;
  toggleLabel(number: number, target: Target): void;
  labels(target: Target): void;
  moveTo(target: Target): void;
  moveToUse(use: string, target: Target): void;
  junk(target: Target): void;
  notJunk(target: Target): void;
  deleteForEver(target: Target): void;
  create(): void;
  rename(mailbox: ShownMailbox): void;
  remove(mailbox: ShownMailbox): void;
  // When all that was asked for has been answered: until then it may be about a view.
  settled(): Promise<unknown>;
  heard(event: ActionProgress): void;
  isWaiting(): boolean;
}

export interface ActionsTold {
  changed(): void;
  // Before they are taken away: the focus goes on to the next.
  leaving(target: Target): void;
}

// "Moving to Archive", and "moved to Archive" when it is done.
interface Words {
  doing: string;
  done: string;
}

const nameOfUse: Record<string, string> = { "\\Archive": "Archive", "\\Trash": "Trash", "\\Junk": "Junk" };
const createdWithinMs = 5_000;
const uidsMax = 10_000;

export function makeActions(call: Call, store: Store, toast: Toast, told: ActionsTold): Actions {
  // Requests can overtake each other: of two changes of one message the second is sent when the first is done.
  let before: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    waiting += 1;
    const answer = before.then(ask).finally(() => (waiting -= 1));
    before = answer.catch(() => undefined);
    return answer;
  };

  const ongoing = makeOngoing(call, toast);

  // What is left of a part that was cancelled, or has failed, has the same name.
  const undo = async (all: string[], total: number): Promise<void> => {
    const left: string[] = [];
    const refusals: string[] = [];
    let back = 0;
    const run = ongoing.start("Taking back", total);
    const takeBack = async (what: string): Promise<void> => {
      if (run.isCancelled()) return void left.push(what);
      const op = run.begin();
      try {
        const acted = await call("mail.undo", { what, op });
        back += acted.messages;
        if (acted.is_cancelled || acted.why !== "") left.push(what);
        if (acted.why !== "") refusals.push(acted.why);
      } catch (error) {
        if (!(error instanceof CallError && error.status === 404)) left.push(what);
        refusals.push(why(error));
      }
      run.answered(op);
    };
    for (const what of all) await inTurn(() => takeBack(what));
    run.end();
    const [refusal] = refusals;
    const again = (): void => void undo(left, total - back);
    const failed = `${back === 0 ? "Not" : "Only in part"} taken back: ${refusal}`;
    if (refusal !== undefined && left.length > 0) toast.offerUndo(failed, again);
    else if (refusal !== undefined) toast.fail(failed);
    else if (left.length > 0) toast.offerUndo(`${count(back, "message", "messages")} taken back, the rest left.`, again);
    else toast.say("Taken back.");
  };

  const run = async (target: Target, parts: Share[], show: (rows: RowKey[]) => Pending, act: (named: Share["named"] & { op: string }) => Promise<Acted>, words: Words, isQuiet: boolean): Promise<void> => {
    const undos: string[] = [];
    const refusals: string[] = [];
    const total = sizeOf(target);
    let changed = 0;
    let isCancelled = false;
    const going = ongoing.start(words.doing, total);
    const shown = parts.map((part) => ({ ...part, pending: show(part.rows) }));
    told.changed();
    const doing = async ({ named, pending }: (typeof shown)[number]): Promise<void> => {
      const op = going.begin();
      try {
        const acted = await act({ ...named, op });
        // Of a part of it the server's word tells which rows it is.
        pending.accepted(acted.up_to);
        changed += acted.messages;
        isCancelled ||= acted.is_cancelled;
        if (acted.why !== "") refusals.push(acted.why);
        if (acted.undo !== "") undos.push(acted.undo);
      } catch (error) {
        pending.refused();
        refusals.push(why(error));
      }
      going.answered(op);
    };
    // One after the other: they are not to take all connections that the browser has to the server.
    await inTurn(async () => {
      for (const part of shown) {
        if (!going.isCancelled()) await doing(part);
        else {
          part.pending.refused();
          isCancelled = true;
        }
      }
    });
    going.end();
    const say = (text: string): void => (undos.length > 0 ? toast.offerUndo(text, () => void undo(undos, changed)) : toast.say(text));
    const [refusal] = refusals;
    if (refusal !== undefined && changed > 0) say(`${changed.toLocaleString()} of ${count(total, "message", "messages")} ${words.done}: ${refusal}`);
    else if (refusal !== undefined) toast.fail(`${refusals.length === parts.length ? "Nothing" : "Not everything"} was changed: ${refusal}`);
    else if (isCancelled) say(`${count(changed, "message", "messages")} ${words.done}, the rest left.`);
    else if (!isQuiet && changed === 0) toast.fail("Nothing was changed: the messages are no longer there.");
    else if (!isQuiet) say(`${count(changed, "message", "messages")} ${words.done}.`);
    told.changed();
  };

  const sizeOf = (target: Target): number => target.all?.count ?? target.rows.length;
  const isUsable = (target: Target): boolean => {
    if (target.all) return true;
    if (target.rows.length > uidsMax) toast.fail(`At most ${uidsMax.toLocaleString()} messages at once.`);
    return target.rows.length > 0 && target.rows.length <= uidsMax;
  };

  // Where not all rows are loaded, those that are not would be shown in place of those that are hidden, for as long as it takes.
  const hideAll = (target: Target) => (rows: RowKey[]): Pending => store.hide(target.rows.length >= sizeOf(target) ? rows : []);

  const setFlags = (add: string[], remove: string[], isQuiet: boolean, target: Target): void => {
    if (!isUsable(target)) return;
    const show = (rows: RowKey[]): Pending => store.changeFlags({ rows, add, remove });
    void run(target, shares(target), show, (named) => call("mail.set_flags", { ...named, add, remove }), { doing: "Changing", done: "changed" }, isQuiet);
  };
  // Of those that are loaded: what a row stands for is judged by the row.
  const loaded = (target: Target): ListItem[] => {
    const items = target.rows.map((row) => store.item(row)).filter((item) => item !== undefined);
    return items.length > 0 ? items : target.rows.map((row) => store.known(row)).filter((item) => item !== undefined);
  };
  const haveAll = (flag: string, target: Target): boolean => {
    const items = loaded(target);
    return items.length > 0 && items.every((item) => item.flags.includes(flag));
  };
  const toggleFlag = (flag: string, target: Target): void => {
    if (haveAll(flag, target)) setFlags([], [flag], true, target);
    else setFlags([flag], [], true, target);
  };
  const knownLabels = (target: Target): string[] => {
    const keywords = [...byMailbox(target.rows).keys()].flatMap((mailbox) => store.mailbox(mailbox)?.keywords ?? []);
    const labels = new Set(keywords.filter((one) => !one.startsWith("$")));
    for (const item of loaded(target)) for (const label of labelsOf(item)) labels.add(label);
    return [...labels].sort();
  };

  const moveInto = (to: ShownMailbox, target: Target): void => {
    if (!isUsable(target)) return;
    const parts = shares(target).filter((one) => one.named.mailbox !== to.id);
    if (parts.length === 0) return toast.say(`Already in ${to.name}.`);
    told.leaving(target);
    const words = { doing: `Moving to ${to.name}`, done: `moved to ${to.name}` };
    void run(target, parts, hideAll(target), (named) => call("mail.move", { ...named, to: to.id }), words, false);
  };

  const withUse = (use: string): ShownMailbox | undefined =>
    store.mailboxes().find((one) => one.special_use === use) ??
    store.mailboxes().find((one) => one.name === nameOfUse[use]);

  // Its id comes as an event, as everybody hears of it.
  const appeared = async (use: string): Promise<ShownMailbox | undefined> => {
    const until = Date.now() + createdWithinMs;
    while (Date.now() < until) {
      const found = withUse(use);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  };
  const moveToUse = async (use: string, target: Target): Promise<void> => {
    const name = nameOfUse[use] ?? use;
    try {
      if (!withUse(use)) await call("mailbox.create", { name });
      const to = await appeared(use);
      if (to) moveInto(to, target);
      else toast.fail(`There is no mailbox ${name} to move to.`);
    } catch (error) {
      toast.fail(`Mailbox ${name} could not be made: ${why(error)}`);
    }
  };

  const attempt = async (doing: Promise<unknown>): Promise<string | null> => {
    try {
      await doing;
      return null;
    } catch (error) {
      return why(error);
    }
  };
  const question = { label: "", value: "", explanation: "", isDangerous: false };

  return {
    settled: () => before,
    heard: (event) => ongoing.heard(event),
    isWaiting: () => waiting > 0,
    setFlags,
    toggleFlag,
    toggleLabel(number, target) {
      const label = knownLabels(target)[number - 1];
      if (label && target.rows.length > 0) toggleFlag(label, target);
    },
    labels(target) {
      if (!isUsable(target)) return;
      const labels = new Map(knownLabels(target).map((label) => [label, haveAll(label, target)]));
      chooseLabels(labels, (label, isOn) => setFlags(isOn ? [label] : [], isOn ? [] : [label], true, target));
    },
    moveTo(target) {
      if (!isUsable(target)) return;
      const from = target.all?.mailboxes ?? [...byMailbox(target.rows).keys()];
      const others = store.mailboxes().filter((one) => from.length > 1 || one.id !== from[0]);
      chooseMailbox(others, (to) => moveInto(to, target));
    },
    moveToUse: (use, target) => void moveToUse(use, target),
    junk(target) {
      setFlags(["$Junk"], ["$NotJunk"], true, target);
      void moveToUse("\\Junk", target);
    },
    notJunk(target) {
      setFlags(["$NotJunk"], ["$Junk"], true, target);
      const inbox = store.mailboxes().find((one) => one.name === "Inbox");
      const isJunk = (mailbox: number): boolean => store.mailbox(mailbox)?.special_use === "\\Junk";
      const rows = target.rows.filter((row) => isJunk(mailboxOf(row)));
      const mailboxes = target.all?.mailboxes.filter(isJunk) ?? [];
      if (inbox && target.all && mailboxes.length > 0) moveInto(inbox, { rows, all: { ...target.all, mailboxes } });
      else if (inbox && rows.length > 0) moveInto(inbox, { rows });
    },
    deleteForEver(target) {
      if (!isUsable(target)) return;
      ask({
        ...question,
        title: `Delete ${count(sizeOf(target), "message", "messages")} for ever?`,
        explanation: "This cannot be undone.",
        action: "Delete for ever",
        isDangerous: true,
        async run() {
          told.leaving(target);
          void run(target, shares(target), hideAll(target), (named) => call("mail.delete", named), { doing: "Deleting", done: "deleted" }, false);
          return null;
        },
      });
    },
    create() {
      const explanation = "With its parents: Lists/actors";
      ask({ ...question, title: "New mailbox", label: "Name", explanation, action: "Create", run: (name) => attempt(call("mailbox.create", { name })) });
    },
    rename(mailbox) {
      const from = mailbox.name;
      ask({ ...question, title: `Rename ${from}`, label: "New name", value: from, action: "Rename", run: (to) => attempt(call("mailbox.rename", { from, to })) });
    },
    remove(mailbox) {
      const explanation = `Its ${count(mailbox.total, "message is", "messages are")} deleted for ever.`;
      const { name } = mailbox;
      ask({ ...question, title: `Delete ${name}?`, explanation, action: "Delete mailbox", isDangerous: true, run: () => attempt(call("mailbox.delete", { name })) });
    },
  };
}
