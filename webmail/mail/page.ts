// The page: who is signed in, the stream of events, and what the panes tell each other.
import { protocol, type ShownMailbox } from "../shared/api.ts";
import { csrf, forgetCsrf, makeCall, setCsrf, why } from "../shared/call.ts";
import { button, el, fill } from "../shared/el.ts";
import type { Hello, StreamState } from "../shared/events.ts";
import { count } from "../shared/format.ts";
import { keep, kept } from "../shared/kept.ts";
import { makeKeys } from "../shared/keys.ts";
import { firstView, newView, share } from "../shared/shared-stream.ts";
import { makeToast } from "../shared/toast.ts";
import { makeActions, type Target } from "./actions.ts";
import { makeCommands } from "./commands.ts";
import { makeLayout } from "./layout.ts";
import { makeMailboxList } from "./mailbox-list.ts";
import { makeMessageList } from "./message-list.ts";
import { makeMessageView } from "./message-view.ts";
import { makeSearch } from "./search.ts";
import { neighbour } from "./selection.ts";
import { signInForm } from "./sign-in.ts";
import { makeStore } from "./store.ts";

const firstRows = 60;
const reloadedFor = "stagecoach.reloaded-for";

interface Addressed {
  name: string;
  query: string;
  uid: number | null;
}

function addressed(): Addressed {
  const [, path = "", line = "", uid] = /^([^?]*?)(?:\?(.*?))?(?:@(\d+))?$/.exec(location.hash.slice(1)) ?? [];
  try {
    return { name: decodeURIComponent(path), query: decodeURIComponent(line), uid: uid === undefined ? null : Number(uid) };
  } catch {
    return { name: "", query: "", uid: null };
  }
}

function firstStream(): string {
  const { name, query } = addressed();
  return new URLSearchParams({ mailbox: name, query, count: String(firstRows), threads: kept("threads", "on") === "on" ? "1" : "0" }).toString();
}

function showMail(signOut: () => void): { close(): void } {
  const store = makeStore();
  let stream = "";
  let address = "";
  let current: number | null = null;
  let wantedMessage: number | null = null;
  let hasThreads = kept("threads", "on") === "on";

  const call = makeCall(signOut);
  const status = el("div", { class: "status", role: "status" });
  const live = el("span", { class: "live", role: "status" });
  const toasts = el("div", { class: "toasts", role: "status" });
  const toast = makeToast(toasts);
  const message = makeMessageView(call);

  const target = (): Target => {
    const { chosen, focus, isAll, except } = list.selection;
    const view = current === null ? undefined : store.view(current);
    if (isAll && view) {
      const left = [...except].flatMap((uid) => [uid, ...(view.items.get(uid)?.hidden ?? [])]);
      const uids = [...view.items.values()].flatMap((item) => [item.uid, ...item.hidden]).filter((uid) => !left.includes(uid));
      const name = { stream, view: view.id, up_to: view.upTo };
      return { mailbox: view.mailbox, uids, all: { view: name, count: allCount() - left.length, except: left } };
    }
    // What is shown goes before what has the focus: its row may have left a list of the unread.
    const shown = message.message();
    if (chosen.size === 0 && shown && shown.mailbox === current && !store.item(current, shown.uid)) return { mailbox: current, uids: [shown.uid] };
    const rows = chosen.size > 0 ? [...chosen] : focus === null ? [] : [focus];
    // A row stands for the others of its thread, too.
    return { mailbox: current ?? 0, uids: rows.flatMap((uid) => [uid, ...(store.item(current ?? 0, uid)?.hidden ?? [])]) };
  };

  // Of a mailbox, messages; rows may be fewer.
  const allCount = (): number => {
    const view = current === null ? undefined : store.view(current);
    return view?.query ? view.base.length : (store.mailbox(current ?? 0)?.total ?? 0);
  };

  // #Inbox, #Inbox?is%3Aunread, #Lists/actors@12
  const hash = (mailbox: number, uid: number | null): string => {
    const name = encodeURIComponent(store.mailbox(mailbox)?.name ?? "").replaceAll("%2F", "/");
    const query = store.view(mailbox)?.query ?? "";
    return `#${name}${query === "" ? "" : `?${encodeURIComponent(query)}`}${uid === null ? "" : `@${uid}`}`;
  };
  const remember = (uid: number | null): void => {
    if (current !== null && location.hash !== hash(current, uid)) history.pushState(null, "", hash(current, uid));
  };

  const showChosen = (): void => {
    const { chosen } = list.selection;
    if (list.selection.isAll) return message.say(count(target().all?.count ?? 0, "message", "messages"), list.selection.except.size > 0 ? " chosen." : " chosen: all that are found here.");
    const [uid] = chosen;
    if (current === null || uid === undefined) return message.say("No message chosen.");
    if (chosen.size > 1) return message.say(count(chosen.size, "message", "messages"), " chosen.");
    message.show(current, uid);
    remember(uid);
    if (!store.item(current, uid)?.flags.includes("\\Seen")) actions.setFlags(["\\Seen"], [], true, { mailbox: current, uids: [uid] });
  };

  const update = (): void => {
    mailboxes.update(store.mailboxes(), current);
    list.update();
    const view = current === null ? undefined : store.view(current);
    search.update(view?.query ?? "", view?.base.length ?? 0, view?.isSearching ?? false, hasThreads);
    const box = current === null ? undefined : store.mailbox(current);
    const unread = box && box.unread > 0 ? `(${box.unread}) ` : "";
    document.title = box ? `${unread}${box.name} - ${address}` : "Stagecoach";
  };

  const openView = async (mailbox: number): Promise<void> => {
    const known = store.view(mailbox);
    if (stream === "" || !known) return;
    await shared.holdView(known.id);
    if (store.view(mailbox) !== known) return;
    try {
      await call("view.open", { stream, view: known.id, mailbox, from: 0, count: firstRows, known: known.upTo, query: known.query, threads: known.threads });
    } catch (error) {
      known.isOpening = known.isSearching = false;
      toast.fail(why(error));
      update();
    }
  };

  const openMailbox = (mailbox: number, query = ""): void => {
    layout.closeDrawer();
    layout.setMessageOpen(false);
    const known = store.view(mailbox);
    if (mailbox !== current || query !== known?.query || hasThreads !== known.threads) {
      const before = current === null ? undefined : store.view(current);
      if (before) {
        shared.closeView(before.id);
        store.close(before.mailbox);
      }
      beginView(mailbox, query, newView());
      void openView(mailbox);
    }
    remember(null);
    update();
  };
  const toggleThreads = (): void => {
    hasThreads = !hasThreads;
    keep("threads", hasThreads ? "on" : "off");
    const view = current === null ? undefined : store.view(current);
    // A search has no threads: the next list has.
    if (view && view.query === "") openMailbox(view.mailbox);
    update();
  };
  const beginView = (mailbox: number, query: string, view: number): void => {
    current = mailbox;
    store.open(view, mailbox, query, hasThreads);
    list.show(mailbox, view);
    message.say("No message chosen.");
  };

  const list = makeMessageList(store, {
    selected: showChosen,
    opened: () => layout.setMessageOpen(true),
    expand(thread, isExpanded) {
      const view = current === null ? undefined : store.view(current);
      if (!view) return;
      void call("view.expand", { stream, view: view.id, thread, is_expanded: isExpanded }).catch((error) => toast.fail(why(error)));
    },
    window(mailbox, from, rows) {
      const view = store.view(mailbox);
      if (view && stream !== "") void call("view.window", { stream, view: view.id, from, count: rows }).catch(() => undefined);
    },
  });

  const actions = makeActions(call, store, toast, {
    changed: update,
    leaving(gone) {
      if (gone.mailbox !== current) return;
      const next = neighbour(store.places(gone.mailbox), new Set(gone.uids));
      if (next === null) list.clear();
      if (next === null) message.say("No message chosen.");
      else list.go(next, "only");
      if (next === null) layout.setMessageOpen(false);
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

  const search = makeSearch(
    (query) => current !== null && openMailbox(current, query),
    () => list.focus(),
    () => toggleThreads(),
  );
  const layout = makeLayout(mailboxes.root, el("section", { class: "list-pane" }, search.root, list.root), message.root);
  const back = (): void => {
    layout.setMessageOpen(false);
    list.focus();
  };
  const commands = makeCommands({ actions, list, message, layout, target, toast, openInbox, back, search: () => search.focus(), toggleThreads, help: () => keys.help() });
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
    const { name, query, uid } = addressed();
    const box = boxOf(name);
    if (!box) return;
    wantedMessage = uid;
    if (box.id !== current || query !== store.view(box.id)?.query) openMailbox(box.id, query);
    showWanted();
  };
  const showWanted = (): void => {
    if (wantedMessage === null || current === null || !store.item(current, wantedMessage)) return;
    list.go(wantedMessage, "only");
    layout.setMessageOpen(true);
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
    const { name, query, uid } = addressed();
    const box = boxOf(name);
    if (isFirst && box) {
      // The stream shows it already.
      wantedMessage = uid;
      beginView(box.id, query, firstView);
    } else if (current !== null && store.view(current)) void openView(current);
    else {
      current = null;
      follow();
    }
  };

  const states: Record<StreamState["kind"], string> = { live: "", connecting: "Catching up …", waiting: "Not connected", signed_out: "" };
  const shared = share(call, {
    began(event, isFirst) {
      store.apply(event);
      greet(event, isFirst);
      update();
    },
    event(event) {
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
      fill(live, state.kind === "waiting" ? `${states.waiting}, again in ${state.seconds} s` : states[state.kind]);
      if (state.kind === "signed_out") signOut();
    },
    broken: (reason) => toast.fail(`This page does not understand the server: ${reason}`),
  }, firstStream());
  message.say("No message chosen.");
  return {
    close() {
      removeEventListener("popstate", follow);
      shared.close();
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
