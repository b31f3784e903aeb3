// The page: who is signed in, the stream of events, and what the panes tell each other.
import { protocol, type ShownMailbox } from "../shared/api.ts";
import { csrf, forgetCsrf, makeCall, setCsrf, why } from "../shared/call.ts";
import { button, el, fill } from "../shared/el.ts";
import type { Hello, StreamState } from "../shared/events.ts";
import { count } from "../shared/format.ts";
import { keep, kept } from "../shared/kept.ts";
import { makeKeys } from "../shared/keys.ts";
import { newView, share } from "../shared/shared-stream.ts";
import { makeToast } from "../shared/toast.ts";
import { makeActions, type Target } from "./actions.ts";
import { makeCommands } from "./commands.ts";
import { makeConversation } from "./conversation.ts";
import { makeLayout } from "./layout.ts";
import { makeMailboxList } from "./mailbox-list.ts";
import { makeMessageList } from "./message-list.ts";
import { makeMessageView } from "./message-view.ts";
import { makeReadAhead } from "./read-ahead.ts";
import { keyOf, mailboxOf, type RowKey, uidOf } from "./row-key.ts";
import { makeSearch } from "./search.ts";
import { neighbour } from "./selection.ts";
import { signInForm } from "./sign-in.ts";
import { makeStore, type View } from "./store.ts";

const firstRows = 60;
const connectingMs = 1_000;
const reloadedFor = "stagecoach.reloaded-for";

interface Addressed {
  name: string;
  query: string;
  isEverywhere: boolean;
  // Of another mailbox than `name`, when everything is searched.
  mailbox: number | null;
  uid: number | null;
}

// #Inbox, #Inbox?is%3Aunread, #Lists/actors@12, #Inbox?ada&everywhere@3.12
function addressed(): Addressed {
  const [, path = "", line = "", everywhere, mailbox, uid] = /^([^?&@]*)(?:\?([^&@]*))?(&everywhere)?(?:@(?:(\d+)\.)?(\d+))?$/.exec(location.hash.slice(1)) ?? [];
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  try {
    return { name: decodeURIComponent(path), query: decodeURIComponent(line), isEverywhere: everywhere !== undefined, mailbox: number(mailbox), uid: number(uid) };
  } catch {
    return { name: "", query: "", isEverywhere: false, mailbox: null, uid: null };
  }
}

function firstStream(view: number): string {
  const { name, query, isEverywhere } = addressed();
  const flags = { threads: kept("threads", "on") === "on" ? "1" : "0", everywhere: isEverywhere ? "1" : "0" };
  return new URLSearchParams({ mailbox: name, view: String(view), query, count: String(firstRows), ...flags }).toString();
}

function showMail(signOut: () => void): { close(): void } {
  const store = makeStore();
  const firstView = newView();
  let stream = "";
  let address = "";
  let current: number | null = null;
  let wantedMessage: RowKey | null = null;
  let hasThreads = kept("threads", "on") === "on";
  // The row that was shown last, and where in the list it went on from there.
  let shownLast: RowKey | null = null;
  let step: 1 | -1 = 1;
  // What is shown though no row of the list is chosen for it: what is done is done to it alone.
  let apart: RowKey | null = null;

  const call = makeCall(signOut);
  const status = el("div", { class: "status", role: "status" });
  const live = el("span", { class: "live", role: "status" });
  const toasts = el("div", { class: "toasts", role: "status" });
  const toast = makeToast(toasts, () => {
    if (list.root.offsetParent !== null) list.focus();
    else message.root.focus({ preventScroll: true });
  });
  const readAhead = makeReadAhead((row) => call("mail.read", { mailbox: mailboxOf(row), uid: uidOf(row) }), () => lookAhead());
  const conversation = makeConversation(call, store, (row) => showMember(row));
  const message = makeMessageView(readAhead, conversation.root, {
    shown(row) {
      if (row === null) apart = null;
      else if (row === apart) markSeen(row);
      conversation.of(row);
      // What was chosen is marked as read first.
      queueMicrotask(lookAhead);
    },
    mailboxOf: (row) => (row === apart && mailboxOf(row) !== current ? (store.mailbox(mailboxOf(row))?.name ?? "") : ""),
  });

  const shownView = (): View | undefined => (current === null ? undefined : store.view(current));
  // A row stands for the others of its thread, too.
  const withHidden = (row: RowKey): RowKey[] => [row, ...(store.item(row)?.hidden ?? []).map((uid) => keyOf(mailboxOf(row), uid))];

  const target = (): Target => {
    if (apart !== null) return { rows: [apart] };
    const { chosen, focus, isAll, except } = list.selection;
    const view = shownView();
    if (isAll && view) {
      const left = new Set([...except].flatMap(withHidden));
      const rows = [...view.items.keys()].flatMap(withHidden).filter((row) => !left.has(row));
      const name = { stream, view: view.id, up_to: view.upTo };
      return { rows, all: { view: name, mailboxes: lookedAt(view), count: allCount() - left.size, except: [...left] } };
    }
    // What is shown goes before what has the focus: its row may have left a list of the unread.
    const shown = message.message();
    const isOfView = shown !== null && (shown.mailbox === current || view?.isEverywhere === true);
    if (chosen.size === 0 && isOfView && !store.item(keyOf(shown.mailbox, shown.uid))) return { rows: [keyOf(shown.mailbox, shown.uid)] };
    const rows = chosen.size > 0 ? [...chosen] : focus === null ? [] : [focus];
    return { rows: rows.flatMap(withHidden) };
  };

  // As the server chooses them.
  const lookedAt = (view: View): number[] => {
    if (!view.isEverywhere) return [view.mailbox];
    return store.mailboxes().filter((one) => one.id === view.mailbox || !["\\Junk", "\\Trash"].includes(one.special_use)).map((one) => one.id);
  };

  // Of a mailbox, messages; rows may be fewer.
  const allCount = (): number => {
    const view = shownView();
    return view && (view.query !== "" || view.isEverywhere) ? view.base.length : (store.mailbox(current ?? 0)?.total ?? 0);
  };

  const hash = (mailbox: number, row: RowKey | null): string => {
    const name = encodeURIComponent(store.mailbox(mailbox)?.name ?? "").replaceAll("%2F", "/");
    const view = store.view(mailbox);
    const query = view?.query ? `?${encodeURIComponent(view.query)}` : "";
    const at = row === null ? "" : `@${mailboxOf(row) === mailbox ? "" : `${mailboxOf(row)}.`}${uidOf(row)}`;
    return `#${name}${query}${view?.isEverywhere ? "&everywhere" : ""}${at}`;
  };
  const remember = (row: RowKey | null): void => {
    if (current !== null && location.hash !== hash(current, row)) history.pushState(null, "", hash(current, row));
  };

  const markSeen = (row: RowKey): void => {
    if (!store.known(row)?.flags.includes("\\Seen")) actions.setFlags(["\\Seen"], [], true, { rows: [row] });
  };

  // A message that the list need not have.
  const showMember = (row: RowKey): void => {
    if (current !== null && store.places(current).includes(row)) {
      layout.setMessageOpen(true);
      return list.go(row, "only");
    }
    apart = row;
    list.unchoose();
    layout.setMessageOpen(true);
    message.show(row);
    remember(row);
  };

  const showChosen = (): void => {
    apart = null;
    const { chosen } = list.selection;
    if (list.selection.isAll) return message.say(count(target().all?.count ?? 0, "message", "messages"), list.selection.except.size > 0 ? " chosen." : " chosen: all that are found here.");
    const [row] = chosen;
    if (row === undefined) return message.say("No message chosen.");
    if (chosen.size > 1) return message.say(count(chosen.size, "message", "messages"), " chosen.");
    const places = store.places(current ?? 0);
    step = places.indexOf(row) < places.indexOf(shownLast ?? row) ? -1 : 1;
    shownLast = row;
    message.show(row);
    remember(row);
    markSeen(row);
  };

  // The message that one would come to next is read before it is wanted, when nothing else is waited for.
  const lookAhead = (): void => {
    readAhead.keepOnly((row) => store.known(row) !== undefined);
    const view = shownView();
    if (!view || view.isOpening || view.isSearching || actions.isWaiting() || !message.message()) return;
    const places = store.places(view.mailbox);
    const at = list.selection.focus === null ? -1 : places.indexOf(list.selection.focus);
    const next = at < 0 ? undefined : places[at + step];
    if (next !== undefined) readAhead.ask(next);
  };

  const update = (): void => {
    mailboxes.update(store.mailboxes(), current);
    list.update();
    const view = shownView();
    search.update({
      query: view?.query ?? "",
      isEverywhere: view?.isEverywhere ?? false,
      found: view?.base.length ?? 0,
      isSearching: view?.isSearching ?? false,
      hasThreads,
      list: `${stream} ${view?.id}`,
      state: `${view?.changes} ${view?.base.length}`,
      isWhole: view !== undefined && !view.isOpening && !view.isSearching,
    });
    const box = current === null ? undefined : store.mailbox(current);
    const unread = box && box.unread > 0 ? `(${box.unread}) ` : "";
    document.title = box ? `${unread}${box.name} - ${address}` : "Stagecoach";
    conversation.update();
    lookAhead();
  };

  const openView = async (mailbox: number): Promise<void> => {
    const known = store.view(mailbox);
    if (stream === "" || !known) return;
    await shared.holdView(known.id);
    if (store.view(mailbox) !== known) return;
    try {
      const { query, threads } = known;
      // Who has scrolled sees what was there, and not the top.
      const rows = known.upTo === 0 ? { from: 0, count: firstRows } : list.around();
      await call("view.open", { stream, view: known.id, mailbox, ...rows, known: known.upTo, query, threads, is_everywhere: known.isEverywhere });
    } catch (error) {
      known.isOpening = known.isSearching = false;
      toast.fail(why(error));
      update();
    }
  };

  // What nobody sees any more is not meant either.
  const forgetUnseen = (): void => {
    if (apart !== null && message.root.offsetParent === null) message.say("No message chosen.");
  };
  const openMailbox = (mailbox: number, query = "", isEverywhere = false): void => {
    layout.closeDrawer();
    layout.setMessageOpen(false);
    const known = store.view(mailbox);
    if (mailbox !== current || query !== known?.query || hasThreads !== known.threads || isEverywhere !== known.isEverywhere) {
      const before = shownView();
      if (before) {
        // What is still to be done may be about all that it has.
        void actions.settled().then(() => shared.closeView(before.id));
        store.close(before.mailbox);
      }
      beginView(newView(), mailbox, query, isEverywhere);
      void openView(mailbox);
    }
    remember(null);
    update();
  };
  const toggleThreads = (): void => {
    hasThreads = !hasThreads;
    keep("threads", hasThreads ? "on" : "off");
    const view = shownView();
    // A search has no threads: the next list has.
    if (view && view.query === "" && !view.isEverywhere) openMailbox(view.mailbox);
    update();
  };
  const toggleEverywhere = (): void => {
    const view = shownView();
    if (view) openMailbox(view.mailbox, view.query, !view.isEverywhere);
  };
  const beginView = (view: number, mailbox: number, query: string, isEverywhere: boolean): void => {
    current = mailbox;
    store.open(view, mailbox, { query, threads: hasThreads, isEverywhere });
    list.show(mailbox, view);
    message.say("No message chosen.");
  };

  const list = makeMessageList(store, {
    selected: showChosen,
    opened: () => layout.setMessageOpen(true),
    expand(thread, isExpanded) {
      const view = shownView();
      if (!view) return;
      void call("view.expand", { stream, view: view.id, thread, is_expanded: isExpanded }).catch((error) => toast.fail(why(error)));
    },
    async window(mailbox, from, rows) {
      const view = store.view(mailbox);
      if (!view || stream === "") return false;
      return call("view.window", { stream, view: view.id, from, count: rows }).then(
        () => true,
        () => false,
      );
    },
  });

  const actions = makeActions(call, store, toast, {
    changed: update,
    leaving(gone) {
      const places = current === null ? [] : store.places(current);
      const { focus } = list.selection;
      const isApart = apart !== null && gone.rows.includes(apart);
      const all = new Set(gone.rows);
      const isListed = places.some((row) => row !== undefined && all.has(row));
      const at = focus === null ? -1 : places.indexOf(focus);
      // What was shown apart goes: on with the row that one came from. What has left the list has left the focus above it.
      const next = isApart ? places[at] : isListed ? neighbour(places, all) : (places[at + 1] ?? places[at]);
      if (next) return list.go(next, "only");
      list.clear();
      message.say("No message chosen.");
      layout.setMessageOpen(false);
    },
  });

  const mailboxes = makeMailboxList(
    openMailbox,
    button("New mailbox", () => actions.create(), { "data-command": "create" }),
    button("Rename", () => withCurrent(actions.rename)),
    button("Delete", () => withCurrent(actions.remove)),
  );
  const withCurrent = (run: (mailbox: NonNullable<ReturnType<typeof store.mailbox>>) => void): void => {
    const box = current === null ? undefined : store.mailbox(current);
    if (box) run(box);
  };

  const search = makeSearch({
    search: (query, isEverywhere) => current !== null && openMailbox(current, query, isEverywhere),
    leave: () => list.focus(),
    toggleThreads: () => toggleThreads(),
    count: () => call("view.count", { stream, view: shownView()?.id ?? 0 }),
  });
  const layout = makeLayout(mailboxes.root, el("section", { class: "list-pane" }, search.root, list.root), message.root, forgetUnseen);
  const back = (): void => {
    layout.setMessageOpen(false);
    list.focus();
  };
  const commands = makeCommands({ actions, list, message, conversation, layout, target, toast, openInbox, back, search: () => search.focus(), toggleThreads, toggleEverywhere, toggleNarrow: search.toggleNarrow, closeNarrow: search.closeNarrow, help: () => keys.help() });
  const keys = makeKeys(commands, status);

  function openInbox(): void {
    const inbox = store.mailboxes().find((one) => one.name === "Inbox");
    if (inbox) openMailbox(inbox.id);
  }

  const acts: [string, string, () => void][] = [
    ["Archive", "archive", () => actions.moveToUse("\\Archive", target())],
    ["Delete", "trash", () => actions.moveToUse("\\Trash", target())],
    ["Junk", "junk", () => actions.junk(target())],
    ["Move …", "move", () => actions.moveTo(target())],
    ["Labels …", "labels", () => actions.labels(target())],
    ["Star", "star", () => actions.toggleFlag("\\Flagged", target())],
    ["Unread", "unread", () => actions.setFlags([], ["\\Seen"], true, target())],
  ];
  const bar = el(
    "header",
    { class: "top" },
    button("Mailboxes", () => layout.toggleDrawer(), { class: "drawer-button", "data-command": "mailboxes" }),
    button("Back", back, { class: "back-button" }),
    el("h1", {}, "Stagecoach"),
    el("div", { class: "bar", role: "toolbar", "aria-label": "Messages" }, ...acts.map(([name, command, run]) => button(name, run, { "data-command": command }))),
    live,
    button("Keys", () => keys.help(), { "data-command": "help" }),
    button("Sign out", () => void call("session.sign_out", {}).catch(() => undefined).finally(signOut)),
  );
  fill(document.body, bar, layout.root, toasts, status);

  const boxOf = (name: string): ShownMailbox | undefined =>
    store.mailboxes().find((one) => one.name === name) ?? store.mailboxes().find((one) => one.name === "Inbox");

  // What the address says: a mailbox, and perhaps a search and a message of it.
  const follow = (): void => {
    const { name, query, isEverywhere, mailbox, uid } = addressed();
    const box = boxOf(name);
    if (!box) return;
    wantedMessage = uid === null ? null : keyOf(mailbox ?? box.id, uid);
    const known = store.view(box.id);
    if (box.id !== current || query !== known?.query || isEverywhere !== known.isEverywhere) openMailbox(box.id, query, isEverywhere);
    showWanted();
  };
  const showWanted = (): void => {
    const view = shownView();
    if (wantedMessage === null || !view) return;
    if (!view.items.has(wantedMessage) && (view.isOpening || view.isSearching)) return;
    showMember(wantedMessage);
    wantedMessage = null;
  };
  addEventListener("popstate", follow);

  const greet = (event: Hello, isFirst: boolean): void => {
    // The server is newer than this page: once more, and if that does not help, as it is.
    if (event.protocol !== protocol && sessionStorage.getItem(reloadedFor) !== event.protocol) {
      sessionStorage.setItem(reloadedFor, event.protocol);
      return location.reload();
    }
    stream = event.stream;
    address = event.name;
    store.reopen();
    const { name, query, isEverywhere, mailbox, uid } = addressed();
    const box = boxOf(name);
    if (isFirst && box) {
      // The stream shows it already.
      wantedMessage = uid === null ? null : keyOf(mailbox ?? box.id, uid);
      beginView(firstView, box.id, query, isEverywhere);
    } else if (current !== null && store.view(current)) void openView(current);
    else {
      current = null;
      follow();
    }
  };

  const states: Record<StreamState["kind"], string> = { live: "", connecting: "Catching up …", waiting: "Not connected", signed_out: "" };
  let telling: ReturnType<typeof setTimeout> | undefined;
  const tell = (state: StreamState): void => {
    const text = state.kind === "waiting" ? `${states.waiting}, again in ${state.seconds} s` : states[state.kind];
    clearTimeout(telling);
    // What takes a moment, as a hand-over to another tab, needs no words.
    if (state.kind === "connecting") telling = setTimeout(() => fill(live, text), connectingMs);
    else if (live.textContent !== text) fill(live, text);
  };
  const shared = share(call, {
    began(event, isFirst) {
      store.apply(event);
      greet(event, isFirst);
      update();
    },
    event(event) {
      if (event.kind === "action_progress") return actions.heard(event);
      const ended = event.kind === "view_ended" ? store.views().find((view) => view.id === event.view) : undefined;
      store.apply(event);
      if (event.kind === "view_ended" && ended?.mailbox === current) {
        toast.fail(event.why);
        const isInbox = current !== null && store.mailbox(current)?.name === "Inbox";
        current = null;
        // An inbox that cannot be read is not asked for again and again.
        if (!isInbox || ended?.query) openInbox();
      }
      if (event.kind === "mailbox_removed" && event.mailbox === current) {
        current = null;
        openInbox();
      }
      update();
      if (event.kind === "view_items") showWanted();
    },
    state(state) {
      tell(state);
      if (state.kind === "signed_out") signOut();
    },
    broken: (reason) => toast.fail(`This page does not understand the server: ${reason}`),
  }, { view: firstView, query: firstStream(firstView) });
  message.say("No message chosen.");
  return {
    close() {
      removeEventListener("popstate", follow);
      shared.close();
      readAhead.keepOnly(() => false);
    },
  };
}

function showSignIn(): void {
  document.title = "Sign in - Stagecoach";
  fill(document.body, signInForm(makeCall(() => undefined), start));
  document.getElementById("name")?.focus();
}

function start(): void {
  let isOver = false;
  const shown: { close(): void } = showMail(() => {
    if (isOver) return;
    isOver = true;
    forgetCsrf();
    // Everything that was on the page belonged to who has signed out.
    setTimeout(() => {
      shown.close();
      location.reload();
    });
  });
}

async function begin(): Promise<void> {
  const link = /^#link=([0-9a-f]+)$/.exec(location.hash)?.[1];
  if (link !== undefined) {
    history.replaceState(null, "", location.pathname);
    try {
      setCsrf((await makeCall(() => undefined)("session.sign_in_by_link", { link })).csrf);
    } catch {
      // It was used before: whoever used it may be signed in still.
    }
  }
  if (csrf() === "") showSignIn();
  else start();
}

void begin();
