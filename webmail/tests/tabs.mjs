// Several tabs of one browser, against the server at STAGECOACH_URL. Its arguments are the parts to play, in turn.
// tests/worlds/tabs.py starts both.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import { deliver, signInAt, talk, url } from "./person.mjs";

const { STAGECOACH_USER: user, STAGECOACH_PASSWORD: password } = process.env;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const problems = [];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (what, truth, ms = 20_000) => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(20)) if (await truth()) return;
  throw new Error(`${what}: not within ${ms} ms; ${JSON.stringify(problems)}`);
};
const each = (tabs, act) => Promise.all(tabs.map(act));

// How many actors of this kind the server has.
function alive(kind) {
  const said = execFileSync(process.env["STAGECOACH_PROGRAM"], ["actors", "--dir", process.env["STAGECOACH_DATA"], "--json"], { encoding: "utf8" });
  return JSON.parse(said).result.actors.filter((one) => one.kind === kind).length;
}
// That have a connection: the answers that are on their way.
const streamsAre = (count) => until(`${count} streams`, () => alive("http_exchange") === count);
const viewsAre = (count) => until(`${count} views`, () => alive("mail_view") === count);

const imap = (...commands) => talk(process.env["STAGECOACH_IMAP"], /^a .*\r\n$/m, [`a LOGIN ${user} ${password}`, ...commands.map((one) => `a ${one}`)]);
const flagNewest = () => imap("SELECT INBOX", "STORE * +FLAGS (\\Flagged)");

async function newContext() {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  context.on("weberror", (one) => problems.push(String(one.error())));
  return context;
}
// So that nothing is kept for pages that might come back.
async function leave(context) {
  const [tab] = context.pages();
  await tab.getByRole("button", { name: "Sign out", exact: true }).click();
  await tab.getByLabel("Password").waitFor();
  await context.close();
}
async function signIn(context) {
  const tab = await context.newPage();
  await signInAt(tab);
  await isLive(tab);
  return tab;
}
async function openTab(context, hash = "") {
  const tab = await context.newPage();
  await tab.goto(`${url}/mail/${hash}`);
  await isLive(tab);
  return tab;
}
const isLive = async (tab) => {
  await tab.getByRole("navigation", { name: "Mailboxes" }).getByRole("button", { name: /^Inbox/ }).waitFor();
  await until("it is connected", async () => (await tab.locator(".live").textContent()) === "");
};
const row = (tab, subject) => tab.locator(".row", { has: tab.locator(".subject", { hasText: new RegExp(`${subject}$`) }) });
const shows = (tab, subject) => row(tab, subject).waitFor();
const showsFlag = (tab, subject) => until(`${subject} is starred`, async () => ((await row(tab, subject).getAttribute("class")) ?? "").includes("flagged"));
const subjects = (tab) => tab.locator(".row .subject").allTextContents();

// Which of the tabs has the stream: the one whose locks have the same owner.
async function leader(tabs) {
  for (const tab of tabs) {
    const isIt = await tab.evaluate(() =>
      navigator.locks.request(`me ${Math.random()}`, async (mine) => {
        const { held } = await navigator.locks.query();
        const me = held.find((one) => one.name === mine.name).clientId;
        return held.some((one) => one.name.endsWith(".stream") && one.clientId === me);
      }),
    );
    if (isIt) return tab;
  }
  throw new Error("no tab has the stream");
}

// Two tabs at two mailboxes and at one; a view is closed with its tab.
async function two() {
  const context = await newContext();
  const first = await signIn(context);
  const second = await openTab(context, "#Archive");
  await streamsAre(1);
  await viewsAre(2);
  await deliver("two 1");
  await shows(first, "two 1");
  await row(first, "two 1").click();
  await first.keyboard.press("a");
  await shows(second, "two 1");
  await second.goto(`${url}/mail/#Inbox`);
  await deliver("two 2");
  await each([first, second], (tab) => shows(tab, "two 2"));
  await row(second, "two 2").click();
  await until("it is read in the other", async () => !((await row(first, "two 2").getAttribute("class")) ?? "").includes("unread"));
  await viewsAre(2);
  await second.close();
  await viewsAre(1);
  // One that comes later knows what has happened before.
  await imap("CREATE Lists/late");
  await first.getByRole("navigation").getByText("late").waitFor();
  const third = await openTab(context, "#Lists/late");
  await until("its list is there", async () => (await third.title()).startsWith("Lists/late"));
  await viewsAre(2);
  await imap("DELETE Lists/late");
  await shows(third, "two 2");
  await third.close();
  await viewsAre(1);
  await streamsAre(1);
  await leave(context);
  await streamsAre(0);
}

// More tabs than a browser has connections; the one with the stream is closed, again and again, and the others notice nothing.
async function eight() {
  const context = await newContext();
  let opened = 0;
  context.on("request", (request) => (opened += Number(request.url().endsWith("/api/view.open"))));
  let tabs = [await signIn(context)];
  while (tabs.length < 8) tabs.push(await openTab(context));
  await streamsAre(1);
  await deliver("eight");
  await each(tabs, (tab) => shows(tab, "eight"));
  await flagNewest();
  await each(tabs, (tab) => showsFlag(tab, "eight"));
  for (const subject of ["first gone", "second gone", "third gone"]) {
    const before = opened;
    const gone = await leader(tabs);
    tabs = tabs.filter((tab) => tab !== gone);
    await deliver(subject);
    await gone.close();
    await flagNewest(); // while nobody has the stream
    await each(tabs, (tab) => showsFlag(tab, subject));
    await deliver(`${subject}, and after`);
    await each(tabs, (tab) => shows(tab, `${subject}, and after`));
    await streamsAre(1);
    await viewsAre(tabs.length);
    assert.equal(opened, before, "no list is asked for again");
  }
  await tabs[0].reload();
  await shows(tabs[0], "third gone, and after");
  for (const tab of tabs) assert.deepEqual(await subjects(tab), await subjects(tabs[0]));
  await leave(context);
  await streamsAre(0);
}

// The tab with the stream stands still, as phones make them: another one takes it over, and the first is one of the others later.
async function asleep() {
  const context = await newContext();
  const tabs = [await signIn(context), await openTab(context), await openTab(context)];
  const sleeper = await leader(tabs);
  const others = tabs.filter((tab) => tab !== sleeper);
  const session = await context.newCDPSession(sleeper);
  await session.send("Debugger.enable");
  void session.send("Runtime.evaluate", { expression: "debugger" }).catch(() => undefined);
  await deliver("asleep");
  await others[0].evaluate(() => dispatchEvent(new Event("focus")));
  await each(others, (tab) => until("it is shown", async () => (await row(tab, "asleep").count()) > 0, 30_000));
  await deliver("still asleep");
  await each(others, (tab) => shows(tab, "still asleep"));
  await session.send("Debugger.resume");
  await session.send("Debugger.disable");
  await each(tabs, (tab) => shows(tab, "still asleep"));
  await streamsAre(1);
  assert.ok((await leader(tabs)) !== sleeper);
  await deliver("awake");
  await each(tabs, (tab) => shows(tab, "awake"));
  await context.close();
}

async function signOut() {
  const context = await newContext();
  const tabs = [await signIn(context), await openTab(context), await openTab(context)];
  await tabs[1].getByRole("button", { name: "Sign out", exact: true }).click();
  await each(tabs, (tab) => tab.getByLabel("Password").waitFor());
  await streamsAre(0);
  await context.close();
}

// As over plain HTTP on another host: each tab for itself.
async function withoutLocks() {
  const context = await newContext();
  await context.addInitScript(() => delete Navigator.prototype.locks);
  const tabs = [await signIn(context), await openTab(context)];
  await streamsAre(2);
  await deliver("without locks");
  await each(tabs, (tab) => shows(tab, "without locks"));
  await tabs[0].getByRole("button", { name: "Sign out", exact: true }).click();
  await each(tabs, (tab) => tab.getByLabel("Password").waitFor());
  await context.close();
}

// Through a proxy that gives on no answer that is not whole.
async function heldBack() {
  const context = await newContext();
  const tabs = [await signIn(context), await openTab(context)];
  await streamsAre(1);
  const took = [];
  for (let i = 0; i < 5; i += 1) {
    const began = Date.now();
    await deliver(`held back ${i}`);
    await each(tabs, (tab) => shows(tab, `held back ${i}`));
    took.push(Date.now() - began);
  }
  const inOrder = [...took].sort((a, b) => a - b);
  assert.ok(inOrder[Math.floor(inOrder.length / 2)] < 2_000, `it is shown after ${took} ms`);
  console.log(`through the proxy it is shown after ${took} ms`);
  const gone = await leader(tabs);
  await gone.close();
  const [left] = tabs.filter((tab) => tab !== gone);
  await flagNewest();
  await showsFlag(left, "held back 4");
  await deliver("held back, and after");
  await shows(left, "held back, and after");
  await left.getByRole("button", { name: "Sign out", exact: true }).click();
  await left.getByLabel("Password").waitFor();
  await context.close();
}

// And that loses every third answer to a poll.
async function lost() {
  const context = await newContext();
  const tab = await signIn(context);
  for (let i = 0; i < 8; i += 1) {
    await deliver(`lost ${i}`);
    await flagNewest();
    await showsFlag(tab, `lost ${i}`);
  }
  const before = await subjects(tab);
  await streamsAre(1);
  await tab.reload();
  await shows(tab, "lost 7");
  assert.deepEqual(before, await subjects(tab));
  await context.close();
}

try {
  for (const part of [two, eight, asleep, signOut, withoutLocks, heldBack, lost]) {
    if (!process.argv.includes(part.name)) continue;
    const began = Date.now();
    await part();
    console.log(`${part.name}: good, ${Date.now() - began} ms`);
  }
  assert.deepEqual(problems, []);
} catch (error) {
  console.log(problems.join("\n"));
  throw error;
} finally {
  await browser.close();
}
