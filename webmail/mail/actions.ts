// What one can do to messages and mailboxes. It is shown at once, and taken back with the reason when it is refused.
import type { Acted, ShownMailbox, ViewName } from "../shared/api.ts";
import { type Call, why } from "../shared/call.ts";
import { ask } from "../shared/dialog.ts";
import { count } from "../shared/format.ts";
import type { Toast } from "../shared/toast.ts";
import { chooseLabels, chooseMailbox } from "./chooser.ts";
import { labelsOf } from "./message-list.ts";
import type { Pending, Store } from "./store.ts";

export interface Target {
  mailbox: number;
  // Of all: those that are loaded, which show at once what is done.
  uids: number[];
  all?: { view: ViewName; count: number; except: number[] };
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
  const undo = async (what: string): Promise<void> => {
    try {
      await call("mail.undo", { what });
      toast.say("Taken back.");
    } catch (error) {
      toast.fail(`Not taken back: ${why(error)}`);
    }
  };

  const run = async (pending: Pending, doing: Promise<Acted>, done: string, isQuiet: boolean): Promise<void> => {
    told.changed();
    try {
      const acted = await doing;
      pending.accepted();
      if (!isQuiet && acted.undo !== "") toast.offerUndo(done, () => void undo(acted.undo));
      else if (!isQuiet) toast.say(done);
    } catch (error) {
      pending.refused();
      toast.fail(`Nothing was changed: ${why(error)}`);
    }
    told.changed();
  };

  const messages = (target: Target): string => count(target.all?.count ?? target.uids.length, "message", "messages");
  // What the server is told: all of the view, or these.
  const named = (target: Target): { mailbox: number; uids: number[]; all_of?: ViewName } =>
    target.all ? { mailbox: target.mailbox, uids: target.all.except, all_of: target.all.view } : { mailbox: target.mailbox, uids: target.uids };
  const isUsable = (target: Target): boolean => {
    if (target.all) return true;
    if (target.uids.length > uidsMax) toast.fail(`At most ${uidsMax.toLocaleString()} messages at once.`);
    return target.uids.length > 0 && target.uids.length <= uidsMax;
  };

  const setFlags = (add: string[], remove: string[], isQuiet: boolean, target: Target): void => {
    if (!isUsable(target)) return;
    const pending = store.changeFlags({ mailbox: target.mailbox, uids: target.uids, add, remove });
    void run(pending, call("mail.set_flags", { ...named(target), add, remove }), `${messages(target)} changed.`, isQuiet);
  };
  // Of those that are loaded: what a row stands for is judged by the row.
  const haveAll = (flag: string, target: Target): boolean => {
    const items = target.uids.map((uid) => store.item(target.mailbox, uid)).filter((item) => item !== undefined);
    return items.length > 0 && items.every((item) => item.flags.includes(flag));
  };
  const toggleFlag = (flag: string, target: Target): void => {
    if (haveAll(flag, target)) setFlags([], [flag], true, target);
    else setFlags([flag], [], true, target);
  };
  const knownLabels = (target: Target): string[] => {
    const labels = new Set(store.mailbox(target.mailbox)?.keywords.filter((one) => !one.startsWith("$")) ?? []);
    for (const uid of target.uids) {
      const item = store.item(target.mailbox, uid);
      if (item) for (const label of labelsOf(item)) labels.add(label);
    }
    return [...labels].sort();
  };

  const moveInto = (to: ShownMailbox, target: Target): void => {
    if (!isUsable(target)) return;
    if (to.id === target.mailbox) return toast.say(`Already in ${to.name}.`);
    told.leaving(target);
    const doing = call("mail.move", { ...named(target), to: to.id });
    void run(store.hide(target.mailbox, target.uids), doing, `${messages(target)} moved to ${to.name}.`, false);
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
    setFlags,
    toggleFlag,
    toggleLabel(number, target) {
      const label = knownLabels(target)[number - 1];
      if (label && target.uids.length > 0) toggleFlag(label, target);
    },
    labels(target) {
      if (!isUsable(target)) return;
      const labels = new Map(knownLabels(target).map((label) => [label, haveAll(label, target)]));
      chooseLabels(labels, (label, isOn) => setFlags(isOn ? [label] : [], isOn ? [] : [label], true, target));
    },
    moveTo(target) {
      if (!isUsable(target)) return;
      const others = store.mailboxes().filter((one) => one.id !== target.mailbox);
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
      if (inbox && store.mailbox(target.mailbox)?.special_use === "\\Junk") moveInto(inbox, target);
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
          void run(store.hide(target.mailbox, target.uids), call("mail.delete", named(target)), `${messages(target)} deleted.`, false);
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
