// Tabs that have one stream together, each with what a browser gives to all of them: locks, and a channel.
import assert from "node:assert/strict";
import test from "node:test";
import vm from "node:vm";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["shared/shared-stream.ts"], bundle: true, write: false, format: "iife", globalName: "shared", absWorkingDir: here.pathname });
const [{ text: script }] = outputFiles;

const settled = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise((done) => setImmediate(done));
};
const hello = (stream) => ({ kind: "hello", stream, name: "ada", protocol: "p", mailboxes: [] });
const rowsOf = (view) => ({ kind: "view_changes", view, up_to: "1", total: 0, changes: [] });
const gone = (mailbox) => ({ kind: "mailbox_removed", mailbox });

function makeLocks() {
  const queues = new Map();
  const next = (name) => {
    const [first] = queues.get(name) ?? [];
    if (!first || first.isHeld) return;
    first.isHeld = true;
    void Promise.resolve(first.run({ name })).finally(() => first.leave());
  };
  // Those of one tab, which go with it.
  return () => {
    const mine = new Set();
    const request = (name, ...[how, run = how]) =>
      new Promise((resolve) => {
        const queue = queues.get(name) ?? [];
        queues.set(name, queue);
        if (how.ifAvailable && queue.length > 0) return resolve(run(null));
        const drop = () => {
          mine.delete(one);
          if (queue.includes(one)) queue.splice(queue.indexOf(one), 1);
        };
        const leave = () => (drop(), resolve(), next(name));
        const one = { name, run, isHeld: false, drop, leave };
        how.signal?.addEventListener("abort", leave);
        mine.add(one);
        queue.push(one);
        next(name);
      });
    const leaveAll = () => {
      const all = [...mine];
      for (const one of all) one.drop();
      for (const one of all) next(one.name);
    };
    return { locks: { request }, leaveAll };
  };
}

function makeBrowser() {
  const locksOf = makeLocks();
  const channels = new Set();
  const streams = [];
  const closed = [];
  class Channel {
    constructor() {
      this.isDeaf = false;
      this.kept = [];
      channels.add(this);
    }
    postMessage(data) {
      for (const one of channels) if (one !== this) setImmediate(() => one.take({ data: structuredClone(data) }));
    }
    take(message) {
      if (this.isDeaf) this.kept.push(message);
      else this.onmessage?.(message);
    }
    hearAgain() {
      this.isDeaf = false;
      for (const one of this.kept.splice(0)) this.onmessage?.(one);
    }
    close() {
      channels.delete(this);
    }
  }
  return {
    closed,
    // The stream that was asked for last.
    stream() {
      const one = streams.at(-1);
      let number = one.after === "" ? 0 : Number(one.after.split(".")[1]);
      const say = (event, id) => (one.body.enqueue(new TextEncoder().encode(`${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(event)}\n\n`)), settled());
      return { after: one.after, say: (event) => say(event, `s.${(number += 1)}`), resume: () => say({ kind: "resumed" }) };
    },
    async open(view) {
      const { locks, leaveAll } = locksOf();
      const aborts = new AbortController();
      let channel;
      const heard = [];
      const globals = {
        window: { BroadcastChannel: true }, document: { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined },
        navigator: { locks }, crypto, AbortController, AbortSignal, TextDecoder, DOMException, addEventListener: () => undefined, removeEventListener: () => undefined,
        setTimeout: () => 0, clearTimeout: () => undefined, setInterval: () => 0, clearInterval: () => undefined,
        BroadcastChannel: class extends Channel {
          constructor() {
            super();
            channel = this;
          }
        },
        fetch: (_, { headers }) =>
          new Promise((resolve) => {
            const answer = new Response(new ReadableStream({ start: (body) => void streams.push({ after: headers["Last-Event-ID"] ?? "", body }) }));
            setImmediate(() => !aborts.signal.aborted && resolve(answer));
          }),
      };
      const { share } = vm.runInNewContext(`${script}; shared`, globals);
      const call = async (method, { view: which }) => void closed.push([method, which]);
      const shared = share(call, {
        began: (one) => heard.push(["began", one.stream]),
        event: (event) => heard.push([event.kind, event.mailbox ?? event.view]),
        state: () => undefined,
        broken: (why) => heard.push(["broken", why]),
      }, { view, query: `view=${view}` });
      await settled();
      return {
        shared,
        hears: (...what) => assert.deepEqual(heard.splice(0), what),
        deafen: () => (channel.isDeaf = true),
        hearAgain: () => (channel.hearAgain(), settled()),
        // As when it crashes: it says nothing, and its locks are free.
        async die() {
          aborts.abort();
          channel.close();
          leaveAll();
          await settled();
        },
      };
    },
  };
}

test("an event that some have heard and the next one has not is heard once", async () => {
  const browser = makeBrowser();
  const a = await browser.open(1);
  const first = browser.stream();
  await first.say(hello("s"));
  const b = await browser.open(2);
  const c = await browser.open(3);
  for (const tab of [a, b, c]) tab.hears(["began", "s"]);
  await first.say(gone(6));
  b.deafen();
  await first.say(gone(7));
  for (const tab of [a, c]) tab.hears(["mailbox_removed", 6], ["mailbox_removed", 7]);
  await a.die();
  await b.hearAgain();
  const second = browser.stream();
  assert.equal(second.after, "s.2");
  await second.resume();
  await second.say(gone(7));
  await second.say(gone(8));
  b.hears(["mailbox_removed", 6], ["mailbox_removed", 7], ["mailbox_removed", 8]);
  c.hears(["mailbox_removed", 8]);
});

test("who comes while the stream is lost hears of it when it goes on", async () => {
  const browser = makeBrowser();
  const a = await browser.open(1);
  await browser.stream().say(hello("s"));
  const b = await browser.open(2);
  await a.die();
  const c = await browser.open(3);
  c.hears();
  await browser.stream().resume();
  for (const tab of [b, c]) tab.hears(["began", "s"]);
});

test("the views of a tab that has gone are closed by whoever has the stream next", async () => {
  const browser = makeBrowser();
  const a = await browser.open(1);
  const first = browser.stream();
  await first.say(hello("s"));
  const b = await browser.open(2);
  await b.shared.holdView(2);
  for (const view of [1, 2]) await first.say(rowsOf(view));
  const c = await browser.open(3);
  await c.shared.holdView(3);
  await first.say(rowsOf(3));

  await c.die();
  assert.deepEqual(browser.closed, [["view.close", 3]]);
  const d = await browser.open(4);
  await d.shared.holdView(4);
  await first.say(rowsOf(4));
  await a.die();
  assert.deepEqual(browser.closed.slice(1), [["view.close", 1]], "b has the stream now, and its view is looked at");
  await browser.stream().resume();
  await b.die();
  assert.deepEqual(browser.closed.slice(2), [["view.close", 2]], "d has not heard of it but by what it was told when it came");
});
