// Server-sent events, in whatever pieces they come (HTML living standard 9.2.6).
import assert from "node:assert/strict";
import test from "node:test";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["shared/events.ts"], bundle: true, write: false, format: "esm", absWorkingDir: here.pathname });
const { makeSseReader } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

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
