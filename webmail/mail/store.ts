// What the page knows of the mail: pure, without the DOM. `base` of a view is what the server has said; what is asked
// for and not answered yet lies over it, so that taking it back after a refusal is no more than leaving it out.
import type { Event as ServerEvent, ListItem, ShownMailbox, ViewChanges, ViewItems } from "../shared/api.ts";
import { keyOf, type RowKey } from "./row-key.ts";

export interface View {
  id: number;
  mailbox: number;
  // The search line; empty: all messages.
  query: string;
  // A row stands for a thread, unless it is searched.
  threads: boolean;
  // Rows of all mailboxes; `mailbox` is where it was asked for.
  isEverywhere: boolean;
  // More may be found.
  isSearching: boolean;
  upTo: number;
  // How often it was told that something is different.
  changes: number;
  // Whether the rows that the server sends first, after view.open, are still to come.
  isOpening: boolean;
  // Places to rows, newest first; undefined: not loaded.
  base: (RowKey | undefined)[];
  items: Map<RowKey, ListItem>;
}

export interface FlagChange {
  rows: readonly RowKey[];
  add: string[];
  remove: string[];
}

// What was done here and lies over what the server has told.
interface Overlay {
  rows: ReadonlySet<RowKey>;
  // Null: the rows are not shown.
  flags: { add: string[]; remove: string[] } | null;
  // What a view has told up to here has it in its rows; null: it is not done yet.
  upTo: number | null;
}

export interface Pending {
  accepted(upTo: number): void;
  refused(): void;
}

export interface Store {
  mailboxes(): ShownMailbox[];
  mailbox(id: number): ShownMailbox | undefined;
  view(mailbox: number): View | undefined;
  views(): View[];
  open(view: number, mailbox: number, what: { query: string; threads: boolean; isEverywhere: boolean }): View;
  close(mailbox: number): void;
  // To be called before view.open is sent again on a new stream.
  reopen(): void;
  apply(event: ServerEvent): void;
  // Places to rows as they are shown.
  places(mailbox: number): readonly (RowKey | undefined)[];
  item(row: RowKey): ListItem | undefined;
  // Messages that need not be in any view, instead of those that were known before.
  know(items: readonly ListItem[]): void;
  // They are asked for: what is done until know() lies over the answer, which may be of before.
  willKnow(): void;
  // In a view, or beside them.
  known(row: RowKey): ListItem | undefined;
  changeFlags(change: FlagChange): Pending;
  hide(rows: readonly RowKey[]): Pending;
}

function changed(flags: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  const kept = flags.filter((flag) => !remove.includes(flag) && !add.includes(flag));
  return [...kept, ...add];
}

function replace(view: View, event: ViewItems): void {
  view.base = new Array<RowKey | undefined>(event.total).fill(undefined);
  view.items = new Map();
}

function takeItems(view: View, event: ViewItems): void {
  view.isOpening = false;
  view.isSearching = event.is_searching;
  if (event.is_anew || event.total !== view.base.length) replace(view, event);
  if (event.is_anew) view.changes += 1;
  view.upTo = event.up_to;
  event.items.forEach((item, index) => {
    const at = event.from + index;
    if (at >= view.base.length) return;
    const key = keyOf(item.mailbox, item.uid);
    const before = view.base[at];
    if (before !== undefined && before !== key) view.items.delete(before);
    view.base[at] = key;
    view.items.set(key, item);
  });
}

function takeChanges(view: View, event: ViewChanges): void {
  for (const change of event.changes) {
    if (change.kind === "row_added") {
      const key = keyOf(change.item.mailbox, change.item.uid);
      view.base.splice(change.at, 0, key);
      view.items.set(key, change.item);
    } else if (change.kind === "row_removed") {
      view.base.splice(change.at, 1);
      view.items.delete(keyOf(change.mailbox, change.uid));
    } else {
      const key = keyOf(change.mailbox, change.uid);
      const item = view.items.get(key);
      if (item) view.items.set(key, { ...item, flags: change.flags });
    }
  }
  view.base.length = event.total;
  view.upTo = event.up_to;
  view.changes += 1;
}

export function makeStore(): Store {
  const mailboxes = new Map<number, ShownMailbox>();
  const views = new Map<number, View>();
  let beside = new Map<RowKey, ListItem>();
  let overlays: Overlay[] = [];
  // What has been done since willKnow().
  let done: { rows: ReadonlySet<RowKey>; flags: NonNullable<Overlay["flags"]> }[] = [];

  // An overlay stays until the server's own word for it has come: an event before that is of before.
  const settle = (): void => {
    const told = Math.min(...[...views.values()].map((view) => view.upTo));
    overlays = overlays.filter((one) => one.upTo === null || one.upTo > told);
  };
  const lay = (rows: readonly RowKey[], flags: Overlay["flags"]): Pending => {
    const all = new Set(rows);
    const one: Overlay = { rows: all, flags, upTo: null };
    overlays.push(one);
    return {
      accepted(upTo) {
        one.upTo = upTo;
        for (const row of all) {
          const item = beside.get(row);
          if (item && flags) beside.set(row, { ...item, flags: changed(item.flags, flags.add, flags.remove) });
        }
        if (flags) done.push({ rows: all, flags });
        // No view will tell of the others.
        one.rows = new Set(rows.filter((row) => isInView(row)));
        settle();
      },
      refused() {
        overlays = overlays.filter((other) => other !== one);
      },
    };
  };

  const isInView = (row: RowKey): boolean => [...views.values()].some((view) => view.items.has(row));
  const viewOf = (id: number): View | undefined => [...views.values()].find((view) => view.id === id);

  const overlaid = (row: RowKey, item: ListItem | undefined): ListItem | undefined => {
    let shown = item;
    for (const { rows, flags } of overlays) if (shown && flags && rows.has(row)) shown = { ...shown, flags: changed(shown.flags, flags.add, flags.remove) };
    return shown;
  };
  const inView = (row: RowKey): ListItem | undefined => overlaid(row, [...views.values()].map((view) => view.items.get(row)).find((one) => one !== undefined));

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
        break;
      }
      case "view_ended": {
        const view = viewOf(event.view);
        if (view) views.delete(view.mailbox);
        break;
      }
      case "action_progress":
      case "bye":
        break;
    }
    settle();
  };

  return {
    mailboxes: () => [...mailboxes.values()],
    mailbox: (id) => mailboxes.get(id),
    view: (mailbox) => views.get(mailbox),
    views: () => [...views.values()],
    open(id, mailbox, what) {
      const view: View = { id, mailbox, ...what, isSearching: what.query !== "", upTo: 0, changes: 0, isOpening: true, base: [], items: new Map() };
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
      const hides = overlays.filter((one) => one.flags === null);
      return hides.length > 0 ? base.filter((row) => row === undefined || !hides.some((one) => one.rows.has(row))) : base;
    },
    item: inView,
    known: (row) => inView(row) ?? overlaid(row, beside.get(row)),
    know(items) {
      beside = new Map();
      for (const item of items) {
        const row = keyOf(item.mailbox, item.uid);
        const since = done.filter((one) => one.rows.has(row));
        const flags = since.reduce((now, one) => changed(now, one.flags.add, one.flags.remove), item.flags);
        beside.set(row, { ...item, flags });
      }
    },
    willKnow() {
      done = [];
    },
    changeFlags: ({ rows, add, remove }) => lay(rows, { add, remove }),
    hide: (rows) => lay(rows, null),
  };
}
