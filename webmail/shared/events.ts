// The stream of events: SSE read with fetch, which can send a field and be ended. A lost stream is opened again for ever.
import { type Event as ServerEvent, parseEvent } from "./api.ts";
import { csrf } from "./call.ts";

export type StreamState =
  | { kind: "live" }
  | { kind: "connecting" }
  | { kind: "waiting"; seconds: number }
  | { kind: "signed_out" };

export interface Listener {
  event(event: ServerEvent): void;
  state(state: StreamState): void;
  // An event that this page does not understand: it is older than the server.
  broken(why: string): void;
}

const firstPauseMs = 500;
const lastPauseMs = 30_000;
// A comment comes every 25 s: two that are missing mean that nobody is there.
const silenceMs = 60_000;

// Takes text in any cuts and gives each event's data.
export function makeSseReader(take: (data: string) => void): (text: string) => void {
  let rest = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) take(data.join("\n"));
      data = [];
    } else if (text.startsWith("data:")) {
      data.push(text.slice(text.startsWith("data: ") ? 6 : 5));
    }
  };
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const one of lines) line(one.endsWith("\r") ? one.slice(0, -1) : one);
  };
}

// `first`: a query of /events for the first stream; later ones begin with nothing.
export function listen(to: Listener, first: string): { close(): void } {
  let isClosed = false;
  let pauseMs = firstPauseMs;
  let wake: () => void = () => undefined;
  let abort = new AbortController();
  let query = first;

  // Reads until the stream ends; true when it was a stream at all.
  const readOnce = async (): Promise<void> => {
    abort = new AbortController();
    let timer = setTimeout(() => abort.abort(), silenceMs);
    try {
      const headers = { "Content-Type": "application/json", "X-CSRF": csrf() };
      const response = await fetch(`/events${query}`, { method: "POST", headers, body: "{}", signal: abort.signal });
      if (response.status === 401 || response.status === 403) return close({ kind: "signed_out" });
      if (!response.ok || !response.body) return;
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      const feed = makeSseReader(take);
      for (;;) {
        const { done, value } = await reader.read();
        if (done || isClosed) return;
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), silenceMs);
        feed(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(timer);
    }
  };

  const take = (data: string): void => {
    if (isClosed) return;
    let event: ServerEvent;
    try {
      event = parseEvent(JSON.parse(data));
    } catch (error) {
      to.broken(String(error));
      return;
    }
    if (event.kind === "hello") {
      query = "";
      pauseMs = firstPauseMs;
      to.state({ kind: "live" });
    }
    if (event.kind === "bye" && event.is_signed_out) close({ kind: "signed_out" });
    else to.event(event);
  };

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      // Jitter, so that the pages of a server that starts again do not come all at once.
      const ms = pauseMs * (0.5 + Math.random() / 2);
      pauseMs = Math.min(pauseMs * 2, lastPauseMs);
      to.state({ kind: "waiting", seconds: Math.ceil(ms / 1000) });
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    while (!isClosed) {
      to.state({ kind: "connecting" });
      try {
        await readOnce();
      } catch {
        // Lost, or silent for too long: the same as an end.
      }
      if (!isClosed) await pause();
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
    abort.abort();
    wake();
    if (state) to.state(state);
  };

  void run();
  return { close: () => close(null) };
}
