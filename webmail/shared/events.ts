// The stream of events: SSE read with fetch, which can send a field and be ended. A lost stream is opened again for ever, and
// goes on behind the last event that has come, if the server has it still.
// Where something on the way holds back what is streamed, the same events come as answers to polls.
import { type Event as ServerEvent, parseEvent } from "./api.ts";
import { csrf } from "./call.ts";

export type StreamState =
  | { kind: "live" }
  | { kind: "connecting" }
  | { kind: "waiting"; seconds: number }
  | { kind: "signed_out" };

export type Hello = Extract<ServerEvent, { kind: "hello" }>;
export type LaterEvent = Exclude<ServerEvent, Hello | { kind: "resumed" }>;

export interface Listener {
  // A stream has begun; `isFirst`: with the view that was asked for. `id`: see event().
  began(hello: Hello, isFirst: boolean, id: string): void;
  // `id`: what a stream that goes on after it is asked for with; empty: with nothing, as what is polled does not go on so.
  event(event: LaterEvent, id: string): void;
  state(state: StreamState): void;
  // An event that this page does not understand: it is older than the server.
  broken(why: string): void;
}

const firstPauseMs = 500;
const lastPauseMs = 30_000;
// A comment comes every 25 s: two that are missing mean that nobody is there.
const silenceMs = 60_000;
// A server that is there says hello at once.
const helloMs = 3_000;

// Takes text in any cuts and gives each event's data, and its id; empty: it has none.
export function makeSseReader(take: (data: string, id: string) => void): (text: string) => void {
  let rest = "";
  let data: string[] = [];
  let id = "";
  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) take(data.join("\n"), id);
      data = [];
      id = "";
      return;
    }
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(text) ?? [];
    if (name === "data") data.push(value);
    else if (name === "id") id = value;
  };
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const one of lines) line(one.endsWith("\r") ? one.slice(0, -1) : one);
  };
}

export interface Listening {
  // If it waits for its next attempt: now.
  wake(): void;
  close(): void;
}

export interface Beginning {
  // A query of /events for the first stream; later ones begin with nothing.
  query: string;
  // The last event that has come from a stream, which goes on; empty: there is none.
  after: string;
}

export function listen(to: Listener, first: Beginning): Listening {
  let isClosed = false;
  let hasBegun = false;
  let isLive = false;
  let isLate = false;
  let isPolling = false;
  // A stream has come through, so that nothing on the way holds it back: what is late is only slow.
  let hasStreamed = first.after !== "";
  // A poll has brought something: it is the way for as long as this page is open.
  let hasPolled = false;
  // The stream that is polled, and how many answers have come from it.
  let polled = { stream: "", after: 0 };
  let pauseMs = firstPauseMs;
  let wake: () => void = () => undefined;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let { query, after } = first;

  const expectWithin = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLate = !hasBegun && !hasStreamed;
      abort.abort();
    }, ms);
  };

  const request = async (line: string): Promise<Response | null> => {
    const headers: Record<string, string> = { "Content-Type": "application/json", "X-CSRF": csrf() };
    if (after !== "" && !isPolling) headers["Last-Event-ID"] = after;
    const response = await fetch(line === "" ? "/events" : `/events?${line}`, { method: "POST", headers, body: "{}", signal: abort.signal });
    if (response.status === 401 || response.status === 403) close({ kind: "signed_out" });
    if (response.status === 404) polled = { stream: "", after: 0 };
    return response.ok ? response : null;
  };

  // Until it ends.
  const readStream = async (): Promise<void> => {
    // What is slow each time is waited for longer each time.
    expectWithin(Math.max(helloMs, pauseMs));
    const response = await request(query);
    if (!response?.body) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const feed = makeSseReader(take);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isClosed) return;
      feed(decoder.decode(value, { stream: true }));
      if (hasBegun) expectWithin(silenceMs);
    }
  };

  // Until one fails; the next goes on where it was.
  const readPolls = async (): Promise<void> => {
    const feed = makeSseReader(take);
    while (!isClosed) {
      expectWithin(silenceMs);
      if (polled.stream === "") polled.after = 0;
      const response = await request(polled.stream === "" ? `poll=&${query}` : `poll=${polled.stream}&after=${polled.after}`);
      if (!response) return;
      const text = await response.text();
      if (text !== "") polled.after += 1;
      feed(text);
      if (polled.stream === "") continue;
      hasPolled = true;
      live();
    }
  };

  const live = (): void => {
    pauseMs = firstPauseMs;
    if (!isLive) to.state({ kind: "live" });
    isLive = true;
  };

  const take = (data: string, itsId: string): void => {
    if (isClosed) return;
    let event: ServerEvent;
    try {
      event = parseEvent(JSON.parse(data));
    } catch (error) {
      to.broken(String(error));
      return;
    }
    const id = isPolling ? "" : itsId;
    if (id !== "") after = id;
    if (event.kind === "resumed") {
      hasBegun = hasStreamed = true;
      live();
    } else if (event.kind === "hello") {
      const isFirst = query !== "";
      query = "";
      hasBegun = true;
      if (isPolling) polled.stream = event.stream;
      else hasStreamed = true;
      live();
      to.began(event, isFirst, id);
    } else if (event.kind === "bye" && event.is_signed_out) close({ kind: "signed_out" });
    else to.event(event, id);
  };

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      // Jitter, so that the pages of a server that starts again do not come all at once.
      const ms = pauseMs * (0.5 + Math.random() / 2);
      pauseMs = Math.min(pauseMs * 2, lastPauseMs);
      to.state({ kind: "waiting", seconds: Math.ceil(ms / 1000) });
      const next = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(next);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!isClosed) {
      to.state({ kind: "connecting" });
      hasBegun = isLive = isLate = false;
      abort = new AbortController();
      try {
        await (isPolling ? readPolls() : readStream());
      } catch {
        // Lost, or silent for too long: the same as an end.
      }
      clearTimeout(timer);
      const wasPolling = isPolling;
      isPolling = hasPolled || (!isPolling && isLate);
      if (!isClosed && (wasPolling || !isPolling)) await pause();
    }
  };

  const atOnce = (): void => wake();
  addEventListener("online", atOnce);
  addEventListener("focus", atOnce);

  const close = (state: StreamState | null): void => {
    if (isClosed) return;
    isClosed = true;
    removeEventListener("online", atOnce);
    removeEventListener("focus", atOnce);
    clearTimeout(timer);
    abort.abort();
    wake();
    if (state) to.state(state);
  };

  void run();
  return { wake: atOnce, close: () => close(null) };
}
