// The search line as the panel writes it: what is added narrows, whatever stood there, and what is taken out leaves the rest.
import assert from "node:assert/strict";
import test from "node:test";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["mail/query-line.ts"], bundle: true, write: false, format: "esm", absWorkingDir: here.pathname });
const { hasTerms, termOf, valuesOf, withoutTerms, withTerms } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

const added = [
  ["", "label:x"],
  ["ada", "ada label:x"],
  ["  ada   lovelace ", "ada lovelace label:x"],
  ['subject:"two  words" is:unread', 'subject:"two  words" is:unread label:x'],
  ['subject:"not closed', 'subject:"not closed" label:x'],
  ['a "quote ""inside', 'a "quote ""inside" label:x'],
  ["a OR b", "(a OR b) label:x"],
  ["a OR b)", '(a OR b")") label:x'],
  ["(a OR b", "(a OR b) label:x"],
  ["(a (b", "(a (b)) label:x"],
  ["-(a OR b) c", "-(a OR b) c label:x"],
  ["(a)b", "(a) b label:x"],
  ["NOT a", "NOT a label:x"],
  ["a NOT", "(a NOT) label:x"],
  ["a -", "a - label:x"],
  ["ORANGE", "ORANGE label:x"],
  ["a OR(b)", "(a OR(b)) label:x"],
  ["label:x", "label:x"],
  ["l:X", "l:X"],
  ["-label:x", "-label:x label:x"],
];

test("what is added is there, and is taken out again", () => {
  for (const [line, wanted] of added) {
    const made = withTerms(line, ["label:x"]);
    assert.equal(made, wanted, line);
    assert.ok(hasTerms(made, ["label:x"]), line);
    assert.ok(!hasTerms(withoutTerms(made, ["label:x"]), ["label:x"]), line);
  }
  assert.equal(withoutTerms("a label:x is:unread", ["label:x"]), "a is:unread");
  assert.equal(withoutTerms('a l:"X"', ["label:x"]), "a");
  assert.equal(withoutTerms("a OR label:x", ["label:x"]), "a OR label:x");
  assert.equal(withoutTerms("since:2026-01-01 a until:2026-12-31", ["since:2026-01-01", "until:2026-12-31"]), "a");
  assert.equal(withoutTerms("since:2026-01-01", ["since:2026-01-01", "until:2026-12-31"]), "since:2026-01-01", "all or nothing");
});

test("only what all of it obeys is there", () => {
  for (const line of ["a OR label:x", "(a OR label:x)", "-label:x", "NOT label:x", '"label:x"', "label:xy"]) assert.ok(!hasTerms(line, ["label:x"]), line);
  for (const line of ["label:x a", "L:x", 'label:"x"', 'label:""x"" b'.replaceAll('""', '"')]) assert.ok(hasTerms(line, ["label:x"]), line);
});

test("values with spaces, quotes and brackets are one value", () => {
  for (const value of ["ada@localhost", 'a "b" c@example.org', "a)b", "(x", '"', '""', "a:b"]) {
    const term = termOf("from", value);
    assert.deepEqual(valuesOf(`x ${term} y`, "from"), [value], term);
    assert.deepEqual(valuesOf(withTerms("p OR q", [term]), "from"), [value], term);
  }
});
