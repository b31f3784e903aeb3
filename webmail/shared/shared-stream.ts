// One stream of events for all tabs of a browser that have the same session: a host has six connections of HTTP/1.1, and each
// stream takes one. The tab that holds a Web Lock has the stream and passes on what it hears over a BroadcastChannel; when it
// goes, another one gets the lock, and goes on with the stream behind the last event that it has heard. Each tab asks for what
// it wants by itself. It holds a lock for each of its views, by which the first tab knows of a view that nobody looks at any
// more. Without locks (not over plain HTTP, but for localhost) each tab has a stream of its own.
import { protocol } from "./api.ts";
import { type Call, csrf } from "./call.ts";
import { type Beginning, type Hello, type LaterEvent, listen, type Listener, type StreamState } from "./events.ts";

// What the first stream of this tab begins with, if it has one of its own.
export interface First {
  view: number;
  query: string;
}

export interface Stream {
  // Before it is opened, unless it begins with the stream. Its number is from newView().
  holdView(view: number): Promise<void>;
  closeView(view: number): void;
  close(): void;
}

type Said =
  | { kind: "began"; hello: Hello; id: string; views: number[] }
  | { kind: "left"; view: number }
  | { kind: "event"; stream: string; event: LaterEvent; id: string }
  | { kind: "state"; state: StreamState }
  // To the tab with the stream: say how things are; do not wait any longer.
  | { kind: "asks" }
  | { kind: "wake" };

const checkMs = 20_000;
// A tab that has not answered for so long hangs, or is asleep.
const silentMs = 10_000;
const failedMs = 1_000;

// One that no other tab has.
export function newView(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return random >>> 1;
}

const ignore = (): void => undefined;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const viewLock = (name: string, view: number): string => `${name}.view.${view}`;

function alone(call: Call, to: Listener, first: First): Stream {
  let stream = "";
  const began = (hello: Hello, isFirst: boolean, id: string): void => {
    stream = hello.stream;
    to.began(hello, isFirst, id);
  };
  const { close } = listen({ ...to, began }, { query: first.query, after: "" });
  return {
    holdView: () => Promise.resolve(),
    closeView: (view) => void call("view.close", { stream, view }).catch(ignore),
    close,
  };
}

// What a tab that comes later has to know.
function after(hello: Hello, event: LaterEvent): Hello {
  if (event.kind === "mailbox_removed") return { ...hello, mailboxes: hello.mailboxes.filter((one) => one.id !== event.mailbox) };
  if (event.kind !== "mailbox_changed") return hello;
  const now = event.mailbox;
  const isKnown = hello.mailboxes.some((one) => one.id === now.id);
  return { ...hello, mailboxes: isKnown ? hello.mailboxes.map((one) => (one.id === now.id ? now : one)) : [...hello.mailboxes, now] };
}

// What a tab has heard: the mailboxes as they are, the last event, and the views of all tabs, which whoever has the stream
// next has to watch.
interface Heard {
  hello: Hello | null;
  id: string;
  views: Set<number>;
}

// An id is STREAM.NUMBER.
const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf(".") + 1));

interface Leading {
  answer(): void;
  wake(): void;
  stop(): void;
}

// What the tab with the stream does. `to` is itself, and keeps what is `heard`.
function lead(name: string, call: Call, to: Listener, heard: Readonly<Heard>, say: (what: Said) => void, first: Beginning): Leading {
  let state: StreamState = { kind: "connecting" };
  let watch = new AbortController();
  const watched = new Set<number>();

  // Its tab gives the lock back when it closes the view, or when it is gone.
  const closeWhenLeft = (view: number, stream: string): void => {
    if (watched.has(view)) return;
    watched.add(view);
    const left = (): void => {
      watched.delete(view);
      heard.views.delete(view);
      say({ kind: "left", view });
      void call("view.close", { stream, view }).catch(ignore);
    };
    void navigator.locks.request(viewLock(name, view), { signal: watch.signal }, left).catch(ignore);
  };
  const forgetViews = (): void => {
    watch.abort();
    watch = new AbortController();
    watched.clear();
  };

  // A stream that goes on has its views still.
  if (heard.hello && first.after !== "") for (const view of heard.views) closeWhenLeft(view, heard.hello.stream);

  const { wake, close } = listen(
    {
      began(hello, isFirst, id) {
        forgetViews();
        say({ kind: "began", hello, id, views: [] });
        to.began(hello, isFirst, id);
      },
      event(event, id) {
        if (!heard.hello) return;
        const { stream } = heard.hello;
        say({ kind: "event", stream, event, id });
        to.event(event, id);
        if (event.kind === "view_items" || event.kind === "view_changes") closeWhenLeft(event.view, stream);
      },
      state(now) {
        state = now;
        say({ kind: "state", state });
        to.state(state);
      },
      broken: to.broken,
    },
    first,
  );
  return {
    answer() {
      if (heard.hello && state.kind === "live") say({ kind: "began", hello: heard.hello, id: heard.id, views: [...heard.views] });
      say({ kind: "state", state });
    },
    wake,
    stop() {
      forgetViews();
      close();
    },
  };
}

function together(call: Call, to: Listener, first: First): Stream {
  // Tabs of another session, or that speak another protocol, are others.
  const name = `stagecoach.${protocol}.${csrf().slice(0, 16)}`;
  const channel = new BroadcastChannel(name);
  const held = new Map<number, { ready: Promise<void>; release(): void }>();
  let isClosed = false;
  let leading: Leading | null = null;
  let resign: () => void = ignore;
  let queue = new AbortController();
  let isSilent = false;
  let heardAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard: Heard = { hello: null, id: "", views: new Set() };

  const say = (what: Said): void => {
    if (!isClosed) channel.postMessage(what);
  };

  const holdView = (view: number): Promise<void> => {
    const known = held.get(view);
    if (known) return known.ready;
    let release: () => void = ignore;
    const isOver = new Promise<void>((resolve) => (release = resolve));
    const ready = new Promise<void>((resolve) => {
      const hold = (): Promise<void> => (resolve(), isOver);
      navigator.locks.request(viewLock(name, view), hold).catch(() => resolve());
    });
    held.set(view, { ready, release });
    return ready;
  };
  const closeView = (view: number): void => {
    held.get(view)?.release();
    held.delete(view);
  };

  const self: Listener = {
    ...to,
    began(hello, isFirst, id) {
      heard.hello = hello;
      heard.id = id;
      heard.views.clear();
      if (isFirst) void holdView(first.view);
      to.began(hello, isFirst, id);
    },
    event(event, id) {
      if (heard.hello) heard.hello = after(heard.hello, event);
      if (id !== "") heard.id = id;
      if (event.kind === "view_items" || event.kind === "view_changes") heard.views.add(event.view);
      to.event(event, id);
      if (event.kind !== "view_ended") return;
      heard.views.delete(event.view);
      closeView(event.view);
    },
  };

  const hear = (said: Said): void => {
    if (said.kind === "asks") return leading?.answer();
    if (said.kind === "wake") return leading?.wake();
    // Of one that does not know yet that its lock was taken.
    if (leading) return;
    heardAt = Date.now();
    const stream = heard.hello?.stream;
    if (said.kind === "state") {
      self.state(said.state);
      // A stream that goes on does not begin: who came while it was lost has not heard of it.
      if (said.state.kind === "live" && stream === undefined) say({ kind: "asks" });
    } else if (said.kind === "began" && said.hello.stream !== stream) {
      self.began(said.hello, false, said.id);
      for (const view of said.views) heard.views.add(view);
    } else if (said.kind === "left") {
      heard.views.delete(said.view);
    } else if (said.kind === "event" && said.stream === stream) {
      // After a hand-over the stream goes on with what the tab that has it now had not heard: others may have.
      if (said.id === "" || numberOf(said.id) > numberOf(heard.id)) self.event(said.event, said.id);
    }
  };
  channel.onmessage = ({ data }: MessageEvent<Said>) => hear(data);

  // Until another tab has the stream, or this one is closed.
  const claim = async (how: LockOptions): Promise<void> => {
    try {
      await navigator.locks.request(`${name}.stream`, how, (lock) => {
        if (!lock || isClosed) return undefined;
        // One that was taken away may still be heard of by those who do not know it yet: its stream is left to it.
        const after = how.steal ? "" : heard.id;
        leading = lead(name, call, self, heard, say, { query: heard.hello ? "" : first.query, after });
        return new Promise<void>((resolve) => (resign = resolve));
      });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) await sleep(failedMs);
    }
    leading?.stop();
    leading = null;
  };
  const run = async (): Promise<void> => {
    await claim({ ifAvailable: true });
    while (!isClosed) {
      say({ kind: "asks" });
      queue = new AbortController();
      const how = isSilent ? { steal: true } : { signal: queue.signal };
      isSilent = false;
      await claim(how);
    }
  };

  const check = (): void => {
    if (leading || document.hidden) return;
    const askedAt = Date.now();
    say({ kind: "asks" });
    clearTimeout(timer);
    // Not all at once.
    timer = setTimeout(() => {
      if (leading || heardAt >= askedAt) return;
      isSilent = true;
      queue.abort();
    }, silentMs * (1 + Math.random() / 4));
  };
  const checkNow = (): void => {
    say({ kind: "wake" });
    check();
  };
  const interval = setInterval(check, checkMs);
  addEventListener("online", checkNow);
  addEventListener("focus", checkNow);
  document.addEventListener("visibilitychange", check);

  void run();
  return {
    holdView,
    closeView,
    close() {
      isClosed = true;
      resign();
      queue.abort();
      for (const view of [...held.keys()]) closeView(view);
      clearInterval(interval);
      clearTimeout(timer);
      removeEventListener("online", checkNow);
      removeEventListener("focus", checkNow);
      document.removeEventListener("visibilitychange", check);
      channel.close();
    },
  };
}

export function share(call: Call, to: Listener, first: First): Stream {
  const canShare = "locks" in navigator && "BroadcastChannel" in window;
  return canShare ? together(call, to, first) : alone(call, to, first);
}
