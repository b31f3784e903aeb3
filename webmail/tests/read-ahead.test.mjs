// What is kept of mail.read: one message is asked for ahead, and none that is shown twice.
import assert from "node:assert/strict";
import test from "node:test";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["mail/read-ahead.ts"], bundle: true, write: false, format: "esm", absWorkingDir: here.pathname });
const { makeReadAhead } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

// A server that answers when it is told to.
function makeServer(characters = 10) {
  const asked = [];
  const waiting = new Map();
  const ended = [];
  const messages = makeReadAhead((row) => {
    asked.push(row);
    return new Promise((give, refuse) => waiting.set(row, { give, refuse }));
  }, () => ended.push(asked.length));
  const turn = () => new Promise((done) => setImmediate(done));
  return {
    messages,
    asked,
    ended,
    answer: async (row) => (waiting.get(row).give({ uid: row, text: "x".repeat(characters) }), turn()),
    refuse: async (row) => (waiting.get(row).refuse(new Error("no")), turn()),
  };
}

test("what was asked ahead is there when it is wanted", async () => {
  const { messages, asked, ended, answer } = makeServer();
  messages.ask(1);
  assert.equal(messages.kept(1), undefined);
  await answer(1);
  assert.equal(messages.kept(1).uid, 1);
  assert.deepEqual(ended, [1]);
  messages.ask(1);
  assert.deepEqual(asked, [1], "what is kept is not asked for");
});

test("what is on its way is not asked for again, and nothing else ahead meanwhile", async () => {
  const { messages, asked, answer } = makeServer();
  messages.ask(1);
  messages.ask(2);
  const wanted = messages.read(1);
  assert.deepEqual(asked, [1]);
  void messages.read(3);
  assert.deepEqual(asked, [1, 3], "what is shown does not wait for what is ahead");
  await answer(1);
  assert.equal((await wanted).uid, 1);
  messages.ask(2);
  assert.deepEqual(asked, [1, 3, 2]);
});

test("one that fails is forgotten, not asked ahead again, and asked anew when it is wanted", async () => {
  const { messages, asked, ended, answer, refuse } = makeServer();
  messages.ask(1);
  await refuse(1);
  assert.deepEqual(ended, [1]);
  messages.ask(1);
  assert.deepEqual(asked, [1]);
  const wanted = messages.read(1);
  assert.deepEqual(asked, [1, 1]);
  await answer(1);
  assert.equal((await wanted).uid, 1);
});

test("one that fails while it is waited for is asked anew, and that failure is told", async () => {
  const { messages, asked, refuse } = makeServer();
  messages.ask(1);
  const wanted = messages.read(1);
  await refuse(1);
  assert.deepEqual(asked, [1, 1]);
  await Promise.all([assert.rejects(wanted, /no/), refuse(1)]);
});

test("a handful is kept, those that were used last", async () => {
  const { messages, answer } = makeServer();
  for (let row = 1; row <= 6; row += 1) {
    void messages.read(row);
    await answer(row);
    messages.kept(1);
  }
  assert.deepEqual([1, 2, 3, 4, 5, 6].filter((row) => messages.kept(row)), [1, 3, 4, 5, 6]);
});

test("large texts are kept for one message only", async () => {
  const { messages, answer } = makeServer(1_500_000);
  for (const row of [1, 2]) {
    messages.ask(row);
    await answer(row);
  }
  assert.equal(messages.kept(1), undefined);
  assert.equal(messages.kept(2).uid, 2);
});

test("of a message that is gone nothing is kept", async () => {
  const { messages, answer } = makeServer();
  for (const row of [1, 2]) {
    void messages.read(row);
    await answer(row);
  }
  messages.keepOnly((row) => row !== 1);
  assert.equal(messages.kept(1), undefined);
  assert.equal(messages.kept(2).uid, 2);
});
