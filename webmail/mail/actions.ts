// What one can do to messages and mailboxes. It is shown at once, and taken back with the reason when it is refused.
import type { Acted, ListItem, ShownMailbox, ViewName } from "../shared/api.ts";
import { type Call, why } from "../shared/call.ts";
import { ask } from "../shared/dialog.ts";
import { count } from "../shared/format.ts";
import type { Toast } from "../shared/toast.ts";
import { chooseLabels, chooseMailbox } from "./chooser.ts";
import { labelsOf } from "./message-list.ts";
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
  isWaiting(): boolean;
}

export interface ActionsTold {
  changed(): void;
  // Before they are taken away: the focus goes on to the next.
  leaving(target: Target): void;
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

  const undo = async (all: string[]): Promise<void> => {
    const refusals: string[] = [];
    for (const what of all) await inTurn(() => call("mail.undo", { what })).catch((error: unknown) => refusals.push(why(error)));
    const [refusal] = refusals;
    if (refusal === undefined) toast.say("Taken back.");
    else toast.fail(`${refusals.length === all.length ? "Not" : "Only in part"} taken back: ${refusal}`);
  };

  const run = async (parts: Share[], show: (rows: RowKey[]) => Pending, act: (named: Share["named"]) => Promise<Acted>, done: string, isQuiet: boolean): Promise<void> => {
    const undos: string[] = [];
    const refusals: string[] = [];
    const shown = parts.map((part) => ({ ...part, pending: show(part.rows) }));
    told.changed();
    const doing = async ({ named, pending }: (typeof shown)[number]): Promise<void> => {
      try {
        const acted = await act(named);
        pending.accepted(acted.up_to);
        if (acted.undo !== "") undos.push(acted.undo);
      } catch (error) {
        pending.refused();
        refusals.push(why(error));
      }
    };
    await inTurn(() => Promise.all(shown.map(doing)));
    const [refusal] = refusals;
    if (refusal !== undefined && undos.length > 0) toast.offerUndo(`Not everything was changed: ${refusal}`, () => void undo(undos));
    else if (refusal !== undefined) toast.fail(`${refusals.length === parts.length ? "Nothing" : "Not everything"} was changed: ${refusal}`);
    else if (!isQuiet && undos.length > 0) toast.offerUndo(done, () => void undo(undos));
    else if (!isQuiet) toast.say(done);
    told.changed();
  };

  const messages = (target: Target): string => count(target.all?.count ?? target.rows.length, "message", "messages");
  const isUsable = (target: Target): boolean => {
    if (target.all) return true;
    if (target.rows.length > uidsMax) toast.fail(`At most ${uidsMax.toLocaleString()} messages at once.`);
    return target.rows.length > 0 && target.rows.length <= uidsMax;
  };

  const setFlags = (add: string[], remove: string[], isQuiet: boolean, target: Target): void => {
    if (!isUsable(target)) return;
    const show = (rows: RowKey[]): Pending => store.changeFlags({ rows, add, remove });
    void run(shares(target), show, (named) => call("mail.set_flags", { ...named, add, remove }), `${messages(target)} changed.`, isQuiet);
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
    void run(parts, store.hide, (named) => call("mail.move", { ...named, to: to.id }), `${messages(target)} moved to ${to.name}.`, false);
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
        title: `Delete ${messages(target)} for ever?`,
        explanation: "This cannot be undone.",
        action: "Delete for ever",
        isDangerous: true,
        async run() {
          told.leaving(target);
          void run(shares(target), store.hide, (named) => call("mail.delete", named), `${messages(target)} deleted.`, false);
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
