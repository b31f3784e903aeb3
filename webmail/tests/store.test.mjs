// The page's store against a model: after any events it is what a fresh load would be, and what was refused leaves nothing.
import assert from "node:assert/strict";
import test from "node:test";
import { build } from "esbuild";

const here = new URL("..", import.meta.url);
const { outputFiles } = await build({ entryPoints: ["mail/store.ts"], bundle: true, write: false, format: "esm", absWorkingDir: here.pathname });
const { makeStore } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);

// The same numbers each time.
function chances(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
const item = (uid, flags) => ({ mailbox: 1, uid, received: uid, bytes: 1, flags, from: [], to: [], subject: `message ${uid}`, has_attachments: false, thread: uid, depth: 0, hidden: [], hidden_unread: 0 });
const mailbox = { id: 1, name: "Inbox", special_use: "", total: 0, unread: 0, keywords: [] };

// A server with one mailbox and one view of it.
function makeServer(chance) {
  const rows = [];
  let upTo = 1;
  let next = 1;
  const add = () => rows.splice(chance(rows.length + 1), 0, item(next++, []));
  for (let i = 0; i < 30; i += 1) add();
  return {
    rows,
    items: (from, count) => ({ kind: "view_items", view: 1, up_to: upTo, total: rows.length, from, items: rows.slice(from, from + count), is_searching: false, is_anew: false }),
    change() {
      const changes = [];
      for (let i = chance(4); i >= 0; i -= 1) {
        const at = chance(rows.length);
        const what = chance(3);
        if (what === 0 || rows.length === 0) {
          const place = chance(rows.length + 1);
          rows.splice(place, 0, item(next++, []));
          changes.push({ kind: "row_added", at: place, item: rows[place] });
        } else if (what === 1) {
          changes.push({ kind: "row_removed", mailbox: 1, at, uid: rows.splice(at, 1)[0].uid });
        } else {
          rows[at] = item(rows[at].uid, chance(2) === 0 ? ["\\Seen"] : ["todo"]);
          changes.push({ kind: "row_flags", mailbox: 1, uid: rows[at].uid, flags: rows[at].flags });
        }
      }
      upTo += 1;
      return { kind: "view_changes", view: 1, up_to: upTo, total: rows.length, changes };
    },
  };
}

function compare(store, rows) {
  const places = store.places(1);
  assert.equal(places.length, rows.length);
  places.forEach((row, at) => {
    if (row === undefined) return;
    assert.equal(row, 2 ** 32 + rows[at].uid);
    assert.deepEqual(store.item(row), rows[at]);
  });
}

function begin(server, count) {
  const store = makeStore();
  store.apply({ kind: "hello", stream: "s", name: "ada", protocol: "p", mailboxes: [mailbox] });
  store.open(1, 1, { query: "", threads: false, isEverywhere: false });
  store.apply({ ...server.items(0, count), is_anew: true });
  return store;
}

test("after any events the store is what a fresh load is", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const chance = chances(seed);
    const server = makeServer(chance);
    const store = begin(server, chance(40));
    for (let step = 0; step < 60; step += 1) {
      if (chance(5) === 0) store.apply(server.items(chance(server.rows.length + 1), chance(20)));
      else store.apply(server.change());
      compare(store, server.rows);
    }
    store.apply(server.items(0, 1000));
    assert.ok(store.places(1).every((row) => row !== undefined));
    compare(store, server.rows);
  }
});

test("a list stays while the stream is lost, and catches up", () => {
  const server = makeServer(chances(7));
  const store = begin(server, 1000);
  const before = [...store.places(1)];
  store.reopen();
  assert.deepEqual(store.places(1), before);
  store.apply({ ...server.items(0, 0) });
  compare(store, server.rows);
  assert.deepEqual(store.places(1), before, "nothing is different: the rows are still there");
  store.reopen();
  server.change();
  store.apply({ ...server.items(0, 10), is_anew: true });
  compare(store, server.rows);
});

test("what is asked for is shown at once, and taken back when it is refused", () => {
  const server = makeServer(chances(9));
  const store = begin(server, 1000);
  const [first, second] = store.places(1);
  const flags = store.changeFlags({ rows: [first], add: ["\\Seen"], remove: [] });
  assert.deepEqual(store.item(first).flags, ["\\Seen"]);
  const gone = store.hide([second]);
  assert.equal(store.places(1).includes(second), false);
  flags.refused();
  gone.refused();
  compare(store, server.rows);
  const accepted = store.changeFlags({ rows: [first], add: ["todo"], remove: [] });
  accepted.accepted(2);
  assert.deepEqual(store.item(first).flags, ["todo"]);
});

test("an event of before does not take back what was done since", () => {
  const server = makeServer(chances(11));
  const store = begin(server, 1000);
  const [first] = store.places(1);
  const { uid } = store.item(first);
  const told = (upTo, flags) => store.apply({ kind: "view_changes", view: 1, up_to: upTo, total: server.rows.length, changes: [{ kind: "row_flags", mailbox: 1, uid, flags }] });
  const star = store.changeFlags({ rows: [first], add: ["\\Flagged"], remove: [] });
  told(5, ["\\Seen"]);
  assert.deepEqual(store.item(first).flags, ["\\Seen", "\\Flagged"], "before it is answered");
  star.accepted(7);
  told(6, []);
  assert.deepEqual(store.item(first).flags, ["\\Flagged"], "before it is told");
  told(7, ["\\Flagged"]);
  assert.deepEqual(store.item(first).flags, ["\\Flagged"]);
  told(8, []);
  assert.deepEqual(store.item(first).flags, [], "what others do later is shown");
  store.changeFlags({ rows: [first], add: ["\\Seen"], remove: [] }).accepted(8);
  assert.deepEqual(store.item(first).flags, [], "it was told before it was answered");
});

test("a message beside the views is known as it was told last, with what was done to it here", () => {
  const store = makeStore();
  store.apply({ kind: "hello", stream: "s", name: "ada", protocol: "p", mailboxes: [mailbox, { ...mailbox, id: 2, name: "Archive" }] });
  store.open(1, 1, { query: "", threads: false, isEverywhere: false });
  store.apply({ kind: "view_items", view: 1, up_to: 5, total: 1, from: 0, items: [item(7, ["\\Seen"])], is_searching: false, is_anew: false });
  const here = 2 ** 32 + 7;
  const there = 2 * 2 ** 32 + 7;
  store.know([{ ...item(7, []), mailbox: 2 }, item(7, [])]);
  assert.deepEqual(store.known(here).flags, ["\\Seen"], "a view knows better");
  assert.deepEqual([store.places(1), store.item(there)], [[here], undefined], "it is in no list");
  const refused = store.changeFlags({ rows: [there], add: ["\\Flagged"], remove: [] });
  assert.deepEqual(store.known(there).flags, ["\\Flagged"]);
  refused.refused();
  assert.deepEqual(store.known(there).flags, []);
  store.willKnow();
  store.changeFlags({ rows: [there], add: ["todo"], remove: [] }).accepted(6);
  assert.deepEqual(store.known(there).flags, ["todo"], "no view will tell of it");
  store.know([{ ...item(7, []), mailbox: 2 }]);
  assert.deepEqual(store.known(there).flags, ["todo"], "it was asked for before that was done");
  store.willKnow();
  store.know([{ ...item(7, []), mailbox: 2 }]);
  assert.deepEqual(store.known(there).flags, [], "what others have done since is shown");
  store.changeFlags({ rows: [here, there], add: ["todo"], remove: [] }).accepted(6);
  assert.deepEqual(store.item(here).flags, ["\\Seen", "todo"], "its view has not told of it yet");
  store.know([]);
  assert.equal(store.known(there), undefined);
});
