// Server-sent events, in whatever pieces they come (HTML living standard 9.2.6), and streams that are lost, late, or polled.
import assert from "node:assert/strict";
import test from "node:test";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["shared/events.ts"], bundle: true, write: false, format: "esm", absWorkingDir: here.pathname });
const { listen, makeSseReader } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

const text = ': \n\nid: ab-1.1\nevent: hello\ndata: {"kind":"hello"}\n\nevent: resumed\ndata: {"kind":\ndata: "resumed"}\n\r\nid:ab-1.2\r\ndata:x: y\r\n\r\nid: ab-1.3\n\ndata: cut';
const events = [
  ['{"kind":"hello"}', "ab-1.1"],
  ['{"kind":\n"resumed"}', ""],
  ["x: y", "ab-1.2"],
];

test("events are read at any cut", () => {
  for (let cut = 0; cut <= text.length; cut += 1) {
    const read = [];
    const feed = makeSseReader((data, id) => read.push([data, id]));
    feed(text.slice(0, cut));
    feed(text.slice(cut));
    assert.deepEqual(read, events, `cut at ${cut}`);
  }
});

const wire = (event, id = "") => `${id === "" ? "" : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`;
const hello = (stream) => wire({ kind: "hello", stream, name: "ada", protocol: "p", mailboxes: [] }, `${stream}.1`);
const resumed = wire({ kind: "resumed" });
const gone = (mailbox, id) => wire({ kind: "mailbox_removed", mailbox }, id);
const bye = wire({ kind: "bye", is_signed_out: false });

globalThis.addEventListener = globalThis.removeEventListener = () => undefined;

// A page whose requests are answered when a test says so, and whose clock goes when it says so.
function listening(t, first) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const settled = async () => {
    for (let i = 0; i < 10; i += 1) await new Promise((done) => setImmediate(done));
  };
  let asked = [];
  t.mock.method(globalThis, "fetch", (path, { headers, signal }) =>
    new Promise((resolve, reject) => {
      let body;
      signal.addEventListener("abort", () => {
        reject(new Error("aborted")); // if it was not answered
        body.error(new Error("aborted"));
      });
      const streamed = new Response(new ReadableStream({ start: (controller) => void (body = controller) }));
      const say = async (said) => {
        resolve(streamed);
        body.enqueue(new TextEncoder().encode(said));
        await settled();
      };
      const end = () => (body.close(), settled());
      const answer = (status, said) => (resolve(new Response(said, { status })), settled());
      asked.push({ path, after: headers["Last-Event-ID"] ?? "", say, end, answer });
    }));
  const heard = [];
  const { close } = listen({
    began: ({ stream }, isFirst, id) => heard.push(["began", stream, isFirst, id]),
    event: (event, id) => heard.push([event.kind, id]),
    state: ({ kind }) => heard.push([kind]),
    broken: (why) => heard.push(["broken", why]),
  }, first);
  t.after(close);
  return {
    pass: async (ms) => (t.mock.timers.tick(ms), settled()),
    // The one request that has been made since, as it is answered here.
    request(path, after) {
      assert.deepEqual(asked.map((one) => [one.path, one.after]), [[path, after]]);
      const [one] = asked;
      asked = [];
      return one;
    },
    asksNothing: () => assert.deepEqual(asked, []),
    hears(...what) {
      assert.deepEqual(heard.splice(0), what);
    },
  };
}
test("a stream goes on behind the last event, however often it is lost", async (t) => {
  const page = listening(t, { query: "view=1", after: "" });
  const first = page.request("/events?view=1", "");
  await first.say(hello("s") + gone(7, "s.2"));
  page.hears(["connecting"], ["live"], ["began", "s", true, "s.1"], ["mailbox_removed", "s.2"]);
  await first.end();
  page.hears(["waiting"]);
  page.asksNothing();
  for (const ms of [500, 1_000]) {
    await page.pass(ms);
    await page.request("/events", "s.2").answer(503, "");
    page.hears(["connecting"], ["waiting"]);
  }
  await page.pass(2_000);
  const again = page.request("/events", "s.2");
  await again.say(resumed + gone(8, "s.3") + bye);
  page.hears(["connecting"], ["live"], ["mailbox_removed", "s.3"], ["bye", ""]);
  await again.end();
  page.hears(["waiting"]);
  await page.pass(500);
  await page.request("/events", "s.3").say(hello("t"));
  page.hears(["connecting"], ["live"], ["began", "t", false, "t.1"]);
});

test("what is held back is polled; a poll that is not known any more begins anew", async (t) => {
  const page = listening(t, { query: "view=1", after: "" });
  page.request("/events?view=1", "");
  await page.pass(3_000);
  await page.request("/events?poll=&view=1", "").answer(200, hello("s"));
  page.hears(["connecting"], ["connecting"], ["live"], ["began", "s", true, ""]);
  await page.request("/events?poll=s&after=1", "").answer(200, gone(7, "s.2"));
  page.hears(["mailbox_removed", ""]);
  await page.request("/events?poll=s&after=2", "").answer(404, "");
  page.hears(["waiting"]);
  await page.pass(500);
  await page.request("/events?poll=&", "").answer(200, hello("t"));
  page.hears(["connecting"], ["live"], ["began", "t", false, ""]);
  page.request("/events?poll=t&after=1", "");
});

for (const [name, after] of [["that has streamed", ""], ["that goes on for another tab", "s.1"]])
  test(`a page ${name} is never polled, and waits longer each time`, async (t) => {
    const page = listening(t, { query: "", after });
    if (after === "") {
      const first = page.request("/events", "");
      await first.say(hello("s"));
      await first.end();
      await page.pass(500);
    }
    for (let i = 0; i < 6; i += 1) {
      page.request("/events", "s.1");
      await page.pass(Math.max(3_000, 500 * 2 ** (i + 1)));
      page.asksNothing();
      await page.pass(30_000);
    }
    await page.pass(20_000);
    page.hears(...(after === "" ? [["connecting"], ["live"], ["began", "s", false, "s.1"], ["waiting"]] : []), ...Array(6).fill([["connecting"], ["waiting"]]).flat(), ["connecting"]);
    await page.request("/events", "s.1").say(resumed);
    page.hears(["live"]);
  });
