// What the page knows of the mail: pure, without the DOM. `base` of a view is what the server has said; what is asked
// for and not answered yet lies over it, so that taking it back after a refusal is no more than leaving it out.
import type { Event as ServerEvent, ListItem, ShownMailbox, ViewChanges, ViewItems } from "../shared/api.ts";

export interface View {
  id: number;
  mailbox: number;
  // The search line; empty: all messages.
  query: string;
  // A row stands for a thread, unless it is searched.
  threads: boolean;
  // More may be found.
  isSearching: boolean;
  upTo: number;
  // Whether the rows that the server sends first, after view.open, are still to come.
  isOpening: boolean;
  // Places to UIDs, newest first; undefined: not loaded.
  base: (number | undefined)[];
  items: Map<number, ListItem>;
}

export interface FlagChange {
  mailbox: number;
  uids: number[];
  add: string[];
  remove: string[];
}

interface PendingFlags extends FlagChange {
  // Those of which an event has told since: its word is newer than ours.
  settled: Set<number>;
}

export interface Pending {
  accepted(): void;
  refused(): void;
}

export interface Store {
  mailboxes(): ShownMailbox[];
  mailbox(id: number): ShownMailbox | undefined;
  view(mailbox: number): View | undefined;
  views(): View[];
  open(view: number, mailbox: number, query: string, threads: boolean): View;
  close(mailbox: number): void;
  // To be called before view.open is sent again on a new stream.
  reopen(): void;
  apply(event: ServerEvent): void;
  // Places to UIDs as they are shown.
  places(mailbox: number): readonly (number | undefined)[];
  item(mailbox: number, uid: number): ListItem | undefined;
  changeFlags(change: FlagChange): Pending;
  hide(mailbox: number, uids: readonly number[]): Pending;
}

function changed(flags: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  const kept = flags.filter((flag) => !remove.includes(flag) && !add.includes(flag));
  return [...kept, ...add];
}

function replace(view: View, event: ViewItems): void {
  view.base = new Array<number | undefined>(event.total).fill(undefined);
  view.items = new Map();
}

function takeItems(view: View, event: ViewItems): void {
  const isSame = event.up_to === view.upTo && event.total === view.base.length;
  const isFirst = view.isOpening;
  view.isOpening = false;
  view.isSearching = event.is_searching;
  // More has happened than was told change by change: what is not among these is not known any more.
  const isNewer = event.up_to > view.upTo;
  if (isFirst ? !isSame : isNewer || event.total !== view.base.length) replace(view, event);
  view.upTo = event.up_to;
  event.items.forEach((item, index) => {
    const at = event.from + index;
    if (at >= view.base.length) return;
    const before = view.base[at];
    if (before !== undefined && before !== item.uid) view.items.delete(before);
    view.base[at] = item.uid;
    view.items.set(item.uid, item);
  });
}

function takeChanges(view: View, event: ViewChanges): void {
  for (const change of event.changes) {
    if (change.kind === "row_added") {
      view.base.splice(change.at, 0, change.item.uid);
      view.items.set(change.item.uid, change.item);
    } else if (change.kind === "row_removed") {
      view.base.splice(change.at, 1);
      view.items.delete(change.uid);
    } else {
      const item = view.items.get(change.uid);
      if (item) view.items.set(change.uid, { ...item, flags: change.flags });
    }
  }
  view.base.length = event.total;
  view.upTo = event.up_to;
}

export function makeStore(): Store {
  const mailboxes = new Map<number, ShownMailbox>();
  const views = new Map<number, View>();
  const hidden = new Map<number, Set<number>>();
  let pending: PendingFlags[] = [];

  const settle = (view: View, event: ViewChanges): void => {
    for (const change of event.changes) {
      if (change.kind === "row_removed") hidden.get(view.mailbox)?.delete(change.uid);
      if (change.kind === "row_flags")
        for (const one of pending) if (one.mailbox === view.mailbox) one.settled.add(change.uid);
    }
  };

  const viewOf = (id: number): View | undefined => [...views.values()].find((view) => view.id === id);

  const apply = (event: ServerEvent): void => {
    switch (event.kind) {
      case "hello":
        mailboxes.clear();
        for (const one of event.mailboxes) mailboxes.set(one.id, one);
        for (const id of [...views.keys()]) if (!mailboxes.has(id)) views.delete(id);
        break;
      case "mailbox_changed":
        mailboxes.set(event.mailbox.id, event.mailbox);
        break;
      case "mailbox_removed":
        mailboxes.delete(event.mailbox);
        views.delete(event.mailbox);
        break;
      case "view_items": {
        const view = viewOf(event.view);
        if (view) takeItems(view, event);
        break;
      }
      case "view_changes": {
        const view = viewOf(event.view);
        if (!view) break;
        takeChanges(view, event);
        settle(view, event);
        break;
      }
      case "view_ended": {
        const view = viewOf(event.view);
        if (view) views.delete(view.mailbox);
        break;
      }
      case "bye":
        break;
    }
  };

  // What was accepted holds until the server's own word comes; it may have come already.
  const intoBase = (change: PendingFlags): void => {
    const view = views.get(change.mailbox);
    for (const uid of change.uids) {
      const item = view?.items.get(uid);
      if (view && item && !change.settled.has(uid))
        view.items.set(uid, { ...item, flags: changed(item.flags, change.add, change.remove) });
    }
  };

  return {
    mailboxes: () => [...mailboxes.values()],
    mailbox: (id) => mailboxes.get(id),
    view: (mailbox) => views.get(mailbox),
    views: () => [...views.values()],
    open(id, mailbox, query, threads) {
      const view: View = { id, mailbox, query, threads, isSearching: query !== "", upTo: 0, isOpening: true, base: [], items: new Map() };
      views.set(mailbox, view);
      return view;
    },
    close: (mailbox) => void views.delete(mailbox),
    reopen() {
      for (const view of views.values()) view.isOpening = true;
    },
    apply,
    places(mailbox) {
      const base = views.get(mailbox)?.base ?? [];
      const gone = hidden.get(mailbox);
      return gone && gone.size > 0 ? base.filter((uid) => uid === undefined || !gone.has(uid)) : base;
    },
    item(mailbox, uid) {
      let item = views.get(mailbox)?.items.get(uid);
      for (const one of pending)
        if (item && one.mailbox === mailbox && one.uids.includes(uid) && !one.settled.has(uid))
          item = { ...item, flags: changed(item.flags, one.add, one.remove) };
      return item;
    },
    changeFlags(change) {
      const one: PendingFlags = { ...change, settled: new Set() };
      pending.push(one);
      const drop = (): void => {
        pending = pending.filter((other) => other !== one);
      };
      return {
        accepted() {
          drop();
          intoBase(one);
        },
        refused: drop,
      };
    },
    hide(mailbox, uids) {
      const gone = hidden.get(mailbox) ?? new Set<number>();
      hidden.set(mailbox, gone);
      for (const uid of uids) gone.add(uid);
      return {
        accepted: () => undefined,
        refused() {
          for (const uid of uids) gone.delete(uid);
        },
      };
    },
  };
}
