// The webmail in Chromium, as a person uses it: against the server at STAGECOACH_URL, whose user's inbox holds "message 1" to
// "message 30", number 28 with a picture and a text attached. Screenshots go into SCREENSHOTS. tests/worlds/webmail.py starts both.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { deliver, personAt, signInAt, url, watch } from "./person.mjs";

const shots = process.env["SCREENSHOTS"] ?? "/tmp/stagecoach-screenshots";
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const sizes = [[1280, 800], [900, 700], [390, 844]];
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const problems = watch(page);
const { row, button, tree, has, until } = personAt(page);

async function signIn() {
  await page.goto(`${url}/mail/`);
  await page.getByLabel("Address").fill(process.env["STAGECOACH_USER"]);
  await page.getByLabel("Password").fill("wrong");
  await button("Sign in").click();
  await page.getByText("Name or password is wrong.").waitFor();
  await page.getByLabel("Password").fill(process.env["STAGECOACH_PASSWORD"]);
  await button("Sign in").click();
  await row("message 30").waitFor();
}

async function read() {
  await row("message 30").click();
  await page.getByText("this is the text of message 30").waitFor();
  await until("it is seen", async () => !(await has("message 30", "unread")));
  assert.match(await page.title(), /^\(\d+\) Inbox - ada@localhost$/);
  await page.keyboard.press("j");
  await page.getByText("this is the text of message 29").waitFor();
  assert.match(page.url(), /#Inbox@\d+$/);
  await row("message 28").click();
  await button("View picture.png").click();
  await until("the picture is there", () => page.locator(".stage img").evaluate((image) => image.complete && image.naturalWidth > 0));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" }); // it gives the focus back
  const link = (name) => page.getByRole("link", { name, exact: true });
  const download = page.waitForEvent("download");
  await link("Download all 2 attachments as a zip").press("Enter");
  assert.match((await download).suggestedFilename(), /^email-\d+-attachments-\d{8}-\d{6}-message-28\.zip$/);
  assert.equal(readFileSync(await (await download).path()).subarray(0, 4).toString("latin1"), "PK\x03\x04");
  const [alone] = await Promise.all([context.waitForEvent("page"), link("Open in a new tab").press("Enter")]);
  await alone.getByRole("heading", { name: "message 28" }).waitFor();
  await alone.getByText("this is the text of message 28").waitFor();
  await alone.getByRole("cell", { name: "picture.png (image/png), notes.txt (text/plain)" }).waitFor();
  assert.equal(await alone.evaluate(() => self.origin), "null", "it has no part in our origin");
  await alone.close();
  await button("All headers").click();
  await page.getByRole("region", { name: "All headers" }).getByText("Received", { exact: true }).waitFor();
  await button("Raw").click();
  await page.getByText("Subject: message 28").first().waitFor();
}

async function act() {
  await row("message 27").click();
  await page.keyboard.press("s");
  await until("it is starred", () => has("message 27", "flagged"));
  await page.keyboard.press("L");
  await page.getByLabel("New label").fill("todo");
  await page.keyboard.press("Enter");
  await row("message 27").locator(".label", { hasText: "todo" }).waitFor();
  await page.keyboard.press("a");
  await until("it is archived", async () => (await row("message 27").count()) === 0);
  await page.getByText("1 message moved to Archive.").waitFor();
  await page.getByText("this is the text of message 26").waitFor();
  await page.keyboard.press("U");
  await row("message 27").waitFor();
  await row("message 25").click({ modifiers: ["Control"] });
  await page.getByText("2 messages chosen.").waitFor();
  await page.keyboard.press("d");
  await until("they are gone", async () => (await row("message 25").count()) === 0 && (await row("message 26").count()) === 0);
  await tree.getByRole("button", { name: /^Trash/ }).click();
  await row("message 25").waitFor();
  await page.keyboard.press("i");
  await row("message 30").waitFor();
  await button("New mailbox").click();
  await page.getByLabel("Name").fill("Lists/actors");
  await button("Create").click();
  await tree.getByText("actors").waitFor();
}

// What another page does is shown here.
async function follow() {
  const other = await context.newPage();
  await other.goto(`${url}/mail/`);
  await other.locator(".row", { hasText: "message 24" }).first().click();
  await until("it is seen here", async () => !(await has("message 24", "unread")));
  await other.keyboard.press("s");
  await until("it is starred here", () => has("message 24", "flagged"));
  await other.close();
}

// The message that comes next is asked for before it is wanted: one, the way that one goes.
async function readAhead() {
  const asked = [];
  const held = [];
  let isHeld = false;
  const note = (request) => {
    if (request.url().endsWith("/api/mail.read")) asked.push(request.postDataJSON().uid);
  };
  page.on("request", note);
  await page.route("**/api/mail.read", (route) => {
    if (isHeld) held.push(route);
    else void route.continue();
  });
  const text = (number) => page.getByText(`this is the text of message ${number}`).waitFor();
  const isAsked = async (...uids) => {
    await until(`${uids} are asked for`, () => asked.length >= uids.length);
    await page.waitForTimeout(200);
    assert.deepEqual(asked, uids);
  };
  await row("message 10").click();
  await text(10);
  await isAsked(10, 9);
  assert.ok(await has("message 9", "unread"), "who reads ahead has not read it");
  isHeld = true;
  await page.keyboard.press("j");
  await text(9); // no answer has come since
  await isAsked(10, 9, 8);
  for (const key of ["j", "j", "j"]) await page.keyboard.press(key);
  await isAsked(10, 9, 8, 7, 6); // each as it is wanted, and 8 not again
  isHeld = false;
  for (const one of held) await one.continue();
  await text(6);
  await isAsked(10, 9, 8, 7, 6, 5);
  await page.keyboard.press("k");
  await text(7);
  await page.keyboard.press("k");
  await text(8);
  await isAsked(10, 9, 8, 7, 6, 5); // all of them are kept
  await page.unroute("**/api/mail.read");
  page.off("request", note);
}

// HTML is readable as text; as HTML it is in a frame that runs nothing, and asks nobody elsewhere before that is wanted.
async function html() {
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const tracked = () => asked.filter((one) => one.includes("tracked.png"));
  await row("message 22").click();
  await page.getByText("our shop <https://example.org/shop>").waitFor();
  await page.keyboard.press("T");
  const frame = page.frameLocator(".body-html");
  await frame.getByRole("heading", { name: "A newsletter" }).waitFor();
  assert.equal(await frame.getByRole("link", { name: "our shop" }).getAttribute("rel"), "noopener noreferrer");
  await page.waitForTimeout(300);
  assert.deepEqual(tracked(), []);
  await button("With pictures").click();
  await until("the picture is asked for", () => tracked().length > 0);
  assert.doesNotMatch(await page.title(), /taken/);
  await button("Text").click();
  await page.getByText("our shop <https://example.org/shop>").waitFor();
  problems.splice(0, problems.length, ...problems.filter((one) => !/ERR_CONNECTION_REFUSED|ERR_UNSAFE_PORT/.test(one)));
}

// What a mail says is text, wherever it is shown.
async function hostile() {
  page.on("dialog", (dialog) => problems.push(`a script ran: ${dialog.message()}`));
  await row("message 21").click();
  const message = page.getByRole("article");
  await message.getByRole("heading", { name: "<b>not bold</b> message 21" }).waitFor();
  await message.getByText("<img src=x onerror=alert(1)> <x@example.org>").waitFor();
  await message.getByText("<script>alert(1)</script>").waitFor();
  const links = await message.getByRole("link").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.deepEqual(links.map((one) => one.replace(/\d+\/msgtext$/, "UID/msgtext")), ["msg/1/UID/msgtext", "https://example.org/"]);
  assert.equal(await page.locator("img, .row b, script:not(body > script)").count(), 0);
}

// A thread is one row, and a row for each message when it is expanded; what is done to its row is done to all of it.
async function threads() {
  const all = page.locator(".row", { has: page.locator(".subject", { hasText: "message 11" }) });
  await until("it is one row", async () => (await all.count()) === 1);
  await all.locator(".thread", { hasText: "3" }).click();
  await until("it is three", async () => (await all.count()) === 3);
  await page.screenshot({ path: `${shots}/threads.png` });
  await page.locator(".row", { hasText: "Ada 12" }).click();
  await page.getByText("this is the text of message 12").waitFor();
  await page.keyboard.press("ArrowLeft");
  await until("it is one again", async () => (await all.count()) === 1);
  await all.click();
  await page.getByText("this is the text of message 13").waitFor();
  await page.keyboard.press("ArrowRight");
  await until("it is three again", async () => (await all.count()) === 3);
  await page.keyboard.press("ArrowLeft");
  await until("it is one once more", async () => (await all.count()) === 1);
  await page.keyboard.press("s");
  await until("it is starred", async () => (await all.getAttribute("class")).includes("flagged"));
  await page.keyboard.press("s");
  await until("it is not", async () => !(await all.getAttribute("class")).includes("flagged"));
  await page.keyboard.press("s");
  await page.keyboard.press("a");
  await page.getByText("3 messages moved to Archive.").waitFor();
  await page.keyboard.press("U");
  await until("they are back", async () => (await all.count()) === 1 && (await all.locator(".thread", { hasText: "3" }).count()) === 1);
  await button("Threads").click();
  await until("each is by itself", async () => (await all.count()) === 3);
  assert.equal(await page.locator(".row.flagged", { hasText: "message 11" }).count(), 3);
  await button("Threads").click();
  await until("threads again", async () => (await all.count()) === 1);
}

// The messages of a thread in other mailboxes: shown by name, and what is done is done to the one that is shown.
async function conversation() {
  const asked = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/api/mail.thread")) asked.push({ ...request.postDataJSON(), request });
  });
  const nav = page.getByRole("navigation", { name: "Conversation" });
  const entries = nav.getByRole("button");
  const are = (count) => until(`${count} messages of the conversation`, async () => (await entries.count()) === count);
  const isShown = (at, text) => until(`number ${at} is shown`, async () => (await entries.nth(at).getAttribute("aria-current")) === "true" && (await page.getByText(text).count()) === 1);
  const chosen = () => page.locator(".row[aria-selected=true]").count();
  const inMailbox = (at, name) => until(`number ${at} is in ${name}`, async () => (await entries.nth(at).locator(".mailbox").allTextContents()).join() === name);
  const move = async (to) => {
    await page.keyboard.press("v");
    await page.getByLabel("Mailbox (Enter takes the first)").fill(to);
    await page.keyboard.press("Enter");
    await page.getByText(`1 message moved to ${to}.`).waitFor();
  };
  await row("message 20").click();
  await page.getByText("this is the text of message 20").waitFor();
  await deliver("harvest", "Message-ID: <1@harvest>\r\n\r\nwhen do we begin");
  for (const [at, text] of [[2, "on monday"], [3, "on tuesday"], [4, "in the rain"]]) await deliver("Re: harvest", `Message-ID: <${at}@harvest>\r\nReferences: <1@harvest>\r\n\r\n${text}`);
  await row("Re: harvest").locator(".thread", { hasText: "4" }).waitFor();
  assert.equal(await nav.count(), 0, "a message alone has no conversation");
  await row("Re: harvest").click();
  await are(4);
  await isShown(3, "in the rain");
  // A message that stands behind the row is meant alone.
  await entries.nth(0).click();
  await isShown(0, "when do we begin");
  assert.equal(await chosen(), 0, "no row stands for it alone");
  await move("Archive");
  await isShown(3, "in the rain"); // where one came from
  await row("Re: harvest").locator(".thread", { hasText: "3" }).waitFor();
  await inMailbox(0, "Archive");
  await entries.nth(1).click();
  await isShown(1, "on monday");
  await move("Sent");
  await inMailbox(1, "Sent");
  await row("Re: harvest").locator(".thread", { hasText: "2" }).waitFor();
  await page.screenshot({ path: `${shots}/conversation.png` });
  // One in another mailbox: its name is said, and keys are about it.
  await entries.nth(0).press("Enter");
  await isShown(0, "when do we begin");
  assert.ok(await entries.nth(0).evaluate((one) => one === document.activeElement), "the focus stays");
  await page.locator(".header dd", { hasText: /^Archive$/ }).waitFor();
  await inMailbox(2, "Inbox");
  await inMailbox(0, "");
  assert.equal(await chosen(), 0);
  const address = page.url();
  assert.match(address, /#Inbox@\d+\.\d+$/);
  const isUnread = (truth) => until(`unread: ${truth}`, async () => ((await entries.nth(0).getAttribute("class")) === "unread") === truth);
  await isUnread(false);
  await page.keyboard.press("M");
  await isUnread(true);
  await page.keyboard.press("m");
  await isUnread(false);
  let starred = 0;
  const countStars = (response) => (starred += Number(response.url().endsWith("/api/mail.set_flags") && response.request().postData().includes("Flagged")));
  page.on("response", countStars);
  for (const key of ["s", "s", "s"]) await page.keyboard.press(key);
  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await isShown(1, "on monday");
  await page.locator(".header dd", { hasText: /^Sent$/ }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await isShown(0, "when do we begin");
  await until("each star is answered", () => starred === 3);
  page.off("response", countStars);
  page.once("domcontentloaded", () => asked.push({})); // that page may ask at once
  await page.reload();
  await isShown(0, "when do we begin");
  assert.equal(page.url(), address);
  assert.equal(await page.locator(".row.flagged", { hasText: "harvest" }).count(), 0, "no row of the list was starred");
  // It follows what comes, and what others do.
  await entries.nth(1).focus();
  await deliver("Re: harvest", "References: <1@harvest>\r\n\r\nwith a smile");
  await are(5);
  assert.ok(await entries.nth(1).evaluate((one) => one === document.activeElement), "the focus stays where it is, shown or not");
  await entries.nth(4).click();
  await isShown(4, "with a smile");
  assert.equal(await chosen(), 1, "its row is in the list");
  const other = await context.newPage();
  await other.goto(`${url}/mail/#Archive`);
  const there = other.locator(".row", { hasText: "harvest" });
  await until("the one that was meant is starred", async () => (await there.getAttribute("class"))?.includes("flagged"));
  await there.click();
  await other.keyboard.press("M");
  await isUnread(true);
  await other.keyboard.press("D");
  await other.getByRole("button", { name: "Delete for ever" }).click();
  await are(4);
  await other.close();
  // When it was made, and not when it was heard of here.
  const at = (one) => one.request.timing().startTime;
  const answered = asked.filter((one) => one.uid === undefined || at(one) > 0);
  const again = answered.filter((one, i) => one.uid !== undefined && one.uid === answered[i - 1]?.uid && one.mailbox === answered[i - 1].mailbox && at(one) - at(answered[i - 1]) < 950);
  assert.deepEqual(again.map(({ mailbox, uid }) => ({ mailbox, uid })), [], "of one message it is asked once in a second at most");
}

// What is looked for is in the line, in the address, and in the list, which follows what is done.
async function search() {
  await page.keyboard.press("/");
  await page.keyboard.type('subject:"message 1"');
  await page.keyboard.press("Enter");
  await page.getByText("11 messages found").waitFor();
  assert.match(page.url(), /#Inbox\?subject/);
  await button("Only unread").click();
  await until("the button is in the line", async () => (await page.getByRole("searchbox").inputValue()) === 'subject:"message 1" is:unread');
  await row("message 19").click();
  await page.getByText("this is the text of message 19").waitFor();
  await until("it has left the list", async () => (await row("message 19").count()) === 0);
  await page.keyboard.press("s"); // what is shown is meant, though it is in no row
  await page.getByText("7 messages found").waitFor();
  await page.keyboard.press("j");
  await page.getByText("this is the text of message 18").waitFor();
  await page.reload();
  await page.getByText("6 messages found").waitFor();
  await page.goBack();
  await page.getByRole("searchbox").focus();
  await page.keyboard.press("Escape");
  await row("message 30").waitFor();
  assert.equal(await page.getByText("messages found").count(), 0);
  // All that are found, whether they were seen or not.
  await page.getByRole("searchbox").fill("is:flagged");
  await page.keyboard.press("Enter");
  await page.getByText("6 messages found").waitFor();
  await page.keyboard.press("Control+a");
  await page.getByText("6 messages chosen: all that are found here.").waitFor();
  await page.keyboard.press("Space");
  await page.getByText("5 messages chosen.").waitFor();
  await page.keyboard.press("s");
  await page.getByText("1 message found").waitFor();
  await page.getByRole("searchbox").fill("nothing like this");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing found.").waitFor();
  // What is done to a message that has left the list goes on with the one that was below it.
  await page.getByRole("searchbox").fill('subject:"message 1" is:unread');
  await page.keyboard.press("Enter");
  await row("message 16").click();
  await page.getByText("this is the text of message 16").waitFor();
  await until("it has left the list", async () => (await row("message 16").count()) === 0);
  const isMoved = page.waitForResponse(/mail\.move$/);
  const isBack = page.waitForResponse(/mail\.undo$/);
  await page.keyboard.press("a");
  await page.getByText("this is the text of message 15").waitFor();
  await isMoved;
  await page.getByText("1 message moved to Archive.").last().waitFor();
  await page.keyboard.press("U");
  await isBack;
  await button("Clear").click();
  await row("message 30").waitFor();
}

// Rows of several mailboxes: each says where it is, and what is done to them is done there.
async function everywhere() {
  await row("message 24").click();
  await page.keyboard.press("a");
  await until("it is archived", async () => (await row("message 24").count()) === 0);
  await page.getByRole("searchbox").fill("subject:message");
  await page.keyboard.press("Enter");
  await page.getByText("messages found").waitFor();
  assert.equal(await row("message 24").count(), 0);
  await button("All mailboxes").click();
  await row("message 24").waitFor();
  assert.match(await row("message 24").innerText(), /Archive/);
  assert.match(await row("message 23").innerText(), /Inbox/);
  assert.match(page.url(), /&everywhere/);
  await row("message 24").click();
  await page.getByText("this is the text of message 24").waitFor();
  await page.screenshot({ path: `${shots}/everywhere.png` });
  await page.reload();
  await page.getByText("this is the text of message 24").waitFor();
  await row("message 23").click({ modifiers: ["Control"] });
  await page.getByText("2 messages chosen.").waitFor();
  await page.keyboard.press("d");
  await page.getByText("2 messages moved to Trash.").waitFor();
  await until("both are gone", async () => (await row("message 24").count()) + (await row("message 23").count()) === 0);
  await page.keyboard.press("U");
  await page.getByText("Taken back.").waitFor();
  await row("message 24").waitFor();
  assert.match(await row("message 24").innerText(), /Archive/, "each is back where it was");
  assert.match(await row("message 23").innerText(), /Inbox/);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("s");
  await until("all of both have a star", async () => (await has("message 24", "flagged")) && (await has("message 23", "flagged")));
  await page.keyboard.press("s");
  await until("and none", async () => !(await has("message 24", "flagged")) && !(await has("message 23", "flagged")));
  await deliver("message for all to see");
  await row("message for all to see").waitFor();
  await button("Clear").click();
  await until("the mailbox alone", async () => (await row("message 24").count()) === 0);
  await row("message 23").waitFor();
}

// What there is in the list, with how many of each: choosing writes words into the line, and choosing again takes them out.
async function narrow() {
  const line = page.getByRole("searchbox");
  const panel = page.getByRole("region", { name: "Narrow the list" });
  const choice = (name) => panel.getByRole("button", { name });
  const isPressed = (name) => until(`${name} is pressed`, async () => (await choice(name).count()) === 1 && (await choice(name).getAttribute("aria-pressed")) === "true");
  const reads = (words) => until(`the line reads ${words}`, async () => (await line.inputValue()) === words);
  await deliver("message of an odd one", "\r\nhello", 'Odd One <"a (b)"@example.org>');
  await row("message of an odd one").waitFor();
  await button("Narrow").click();
  await choice(/Odd One <a \(b\)@example.org> 1 message$/).click();
  await reads('from:"a (b)@example.org"');
  await page.getByText("1 message found").waitFor();
  await isPressed(/Odd One/);
  await panel.getByText(/^1 message, \d unread$/).waitFor();
  assert.deepEqual([await panel.getByRole("button").count(), await page.locator(".row").count()], [2, 1], "a year and a sender");
  await choice(/Odd One/).click();
  await reads("");
  await panel.getByText(/^\d\d messages, \d+ unread$/).waitFor();
  await choice(/Grace Hopper <grace0@example.org> \d messages$/).waitFor();
  // What was typed and not sought yet is not lost.
  await line.fill("subject:odd");
  await choice(/Odd One/).click();
  await reads('subject:odd from:"a (b)@example.org"');
  await page.getByText("1 message found").waitFor();
  // By the keyboard, and beside what is looked for already; the focus stays on what was chosen.
  await line.fill('subject:"message 1" OR subject:"message 2"');
  await page.keyboard.press("Enter");
  await page.getByText(/^1\d messages found$|^2\d messages found$/).waitFor();
  await choice(/^todo 1 message$/).focus();
  await page.keyboard.press("Enter");
  await reads('(subject:"message 1" OR subject:"message 2") label:todo');
  await page.getByText("1 message found").waitFor();
  await isPressed(/^todo/);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^todo/);
  const year = String(new Date().getUTCFullYear());
  await choice(new RegExp(`^${year}`)).click();
  await reads(`(subject:"message 1" OR subject:"message 2") label:todo since:${year}-01-01 until:${year}-12-31`);
  await isPressed(new RegExp(`^${year}`));
  await page.getByText("1 message found").waitFor();
  await page.screenshot({ path: `${shots}/narrow-pressed.png` });
  // What is taken from all that is found leaves what asks for it.
  await row("message 27").click();
  await page.keyboard.press("1");
  await page.getByText("0 messages found").waitFor();
  await isPressed(/^todo/);
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.equal(await button("Narrow").getAttribute("aria-expanded"), "false");
  await button("Clear").click();
  await row("message 27").click();
  await page.keyboard.press("1");
  await row("message 27").locator(".label", { hasText: "todo" }).waitFor();
  // It follows what comes.
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await choice(/Odd One .* 1 message$/).waitFor();
  await deliver("message of the odd one again", "\r\nhello", 'Odd One <"A (b)"@example.org>');
  await choice(/Odd One .* 2 messages$/).waitFor();
  await choice(/Odd One/).focus();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Narrow");
}

// Between the page and the server, to be cut at any moment.
async function makeWire() {
  const open = new Set();
  let isCut = false;
  let port = Number(new URL(url).port);
  const wire = createServer((inner) => {
    if (isCut) return inner.destroy();
    const outer = connect(port, "127.0.0.1");
    for (const one of [inner, outer]) {
      open.add(one);
      one.on("error", () => undefined).on("close", () => {
        open.delete(one);
        (one === inner ? outer : inner).destroy();
      });
    }
    inner.pipe(outer);
    outer.pipe(inner);
  });
  await new Promise((ready) => wire.listen(0, "127.0.0.1", ready));
  const cut = (wanted) => {
    isCut = wanted;
    if (isCut) for (const one of open) one.destroy();
  };
  const lead = (to) => (port = to);
  return { address: `http://127.0.0.1:${wire.address().port}`, cut, lead, close: () => (cut(true), wire.close()) };
}

// The connection is cut: the list stays, and gets what has happened meanwhile and nothing else.
async function cut() {
  const wire = await makeWire();
  const other = await (await browser.newContext()).newPage();
  const subjects = () => other.locator(".row .subject").allTextContents();
  const otherRow = (subject) => other.locator(".row", { hasText: subject });
  await signInAt(other, wire.address);
  await otherRow("message 30").waitFor();
  let opened = 0;
  other.on("request", (request) => (opened += Number(request.url().endsWith("/api/view.open"))));
  for (let i = 1; i <= 3; i += 1) {
    const before = await subjects();
    wire.cut(true);
    await other.getByText(/^Not connected/).waitFor();
    await deliver(`cut ${i}`);
    assert.deepEqual(await subjects(), before);
    wire.cut(false);
    await otherRow(`cut ${i}`).waitFor();
    await until("it says so no more", async () => (await other.getByText(/^(Not connected|Catching up)/).count()) === 0);
  }
  assert.equal(opened, 0, "the stream goes on with its view");
  const after = await subjects();
  await other.reload();
  await otherRow("cut 3").waitFor();
  assert.deepEqual(await subjects(), after);
  await other.context().close();
  wire.close();
}

// The server is stopped, or killed, and comes back: so does the page, signed in as before.
// webmail.py does it when it reads that on our output, and says the new ports.
async function restart() {
  const lines = createInterface({ input: process.stdin });
  const ports = lines[Symbol.asyncIterator]();
  const wire = await makeWire();
  const other = await (await browser.newContext()).newPage();
  await signInAt(other, wire.address);
  await other.locator(".row", { hasText: "message 30" }).waitFor();
  for (const how of ["stop", "kill"]) {
    console.log(`restart: ${how}`);
    const [http, smtp] = (await ports.next()).value.split(" ").map(Number);
    process.env["STAGECOACH_SMTP"] = String(smtp);
    wire.lead(http);
    await deliver(`after ${how}`);
    await other.locator(".row", { hasText: `after ${how}` }).waitFor();
    await until("it says so no more", async () => (await other.getByText(/^(Not connected|Catching up)/).count()) === 0);
    await other.locator(".row", { hasText: `after ${how}` }).first().click();
    await other.getByText("hello", { exact: true }).waitFor();
  }
  await other.reload();
  await other.locator(".row", { hasText: "after kill" }).waitFor();
  await other.context().close();
  wire.close();
  lines.close();
}

async function check(name) {
  const found = await page.evaluate(async (tags) => {
    const { violations } = await window.axe.run(document, { runOnly: tags });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`);
  }, rules);
  assert.deepEqual(found, [], `${name}: axe`);
  const wrong = await page.evaluate(() => {
    const all = [];
    if (document.documentElement.scrollWidth > innerWidth) all.push("the page scrolls sideways");
    for (const line of document.querySelectorAll(".row")) {
      const boxes = [...line.children].map((one) => one.getBoundingClientRect());
      boxes.forEach((a, i) =>
        boxes.slice(i + 1).forEach((b) => {
          if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) all.push(`cells overlap in ${line.textContent}`);
        }),
      );
    }
    for (const one of document.querySelectorAll("button, a.button"))
      if (one.scrollWidth > one.clientWidth + 1) all.push(`${one.textContent} is clipped`);
    return all;
  });
  assert.deepEqual(wrong, [], `${name}: geometry`);
}

async function views() {
  const session = await context.newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: true }); // for axe alone
  await page.reload();
  await row("message 30").waitFor();
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of sizes) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      const name = `${colorScheme}-${width}`;
      await page.waitForTimeout(200);
      if (width < 700 && (await button("Back").isVisible())) await button("Back").click();
      await check(`${name} list`);
      await page.screenshot({ path: `${shots}/${name}-list.png` });
      await page.keyboard.press("g");
      await page.keyboard.press("f");
      await page.getByRole("button", { name: /Odd One/ }).waitFor();
      await check(`${name} narrow`);
      await page.screenshot({ path: `${shots}/${name}-narrow.png` });
      await page.keyboard.press("Escape");
      await row("message 28").click();
      await page.getByText("this is the text of message 28").waitFor();
      await check(`${name} message`);
      await page.screenshot({ path: `${shots}/${name}-message.png` });
      if (width < 700) await button("Back").click();
      await row("Re: harvest").click();
      await page.getByRole("navigation", { name: "Conversation" }).waitFor();
      await page.getByText("with a smile").waitFor();
      await check(`${name} conversation`);
      await page.screenshot({ path: `${shots}/${name}-conversation.png` });
      if (width > 700) continue;
      await page.getByRole("navigation", { name: "Conversation" }).getByRole("button").first().click();
      await page.getByText("on monday").waitFor();
      await button("Back").click();
      assert.match(await page.locator("article").textContent(), /^.*No message chosen\.$/, "what is no longer seen is not meant");
      await row("message 28").click();
    }
  }
  // Who needs other colours than ours still sees what is chosen.
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  await page.setViewportSize({ width: 1280, height: 800 });
  const outline = (which) => page.locator(`.row[aria-selected=${which}]`).first().evaluate((one) => getComputedStyle(one).outlineStyle);
  assert.deepEqual([await outline(true), await outline(false)], ["solid", "none"]);
  await page.screenshot({ path: `${shots}/forced-colors.png` });
  await page.emulateMedia({ colorScheme: "dark", forcedColors: "none" });
  await row("message 22").click();
  await page.getByText("our shop <https://example.org/shop>").waitFor();
  await page.keyboard.press("T");
  await page.frameLocator(".body-html").getByRole("heading").waitFor();
  await check("html");
  await page.screenshot({ path: `${shots}/html.png` });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await check("keys");
  await page.screenshot({ path: `${shots}/keys.png` });
  await page.keyboard.press("Escape");
}

// Every button can be reached, and what has the focus is seen.
async function keyboard() {
  const wanted = await page.locator("button:visible, a[href]:visible").count();
  const reached = new Set();
  for (let i = 0; i < 100; i += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      if (one instanceof HTMLIFrameElement) return -1; // what is in a frame has the focus, and shows it
      if (one !== document.body && getComputedStyle(one).outlineStyle === "none" && !one.classList.contains("splitter")) return `${one.className} is not seen`;
      return [...document.querySelectorAll("button, a[href]")].indexOf(one);
    });
    assert.equal(typeof at, "number", String(at));
    if (at >= 0) reached.add(at);
  }
  assert.ok(reached.size >= wanted, `${reached.size} of ${wanted} buttons are reached by Tab`);
}

try {
  for (const part of [signIn, read, act, follow, html, hostile, threads, conversation, search, everywhere, narrow, readAhead, cut, views, keyboard]) {
    await part();
    console.log(`${part.name}: good`);
  }
  await button("Sign out").click();
  await page.getByLabel("Password").waitFor();
  assert.deepEqual(problems, []);
  await restart(); // at another port, where the first page does not look
  console.log("it comes back after a restart: good");
} catch (error) {
  await page.screenshot({ path: `${shots}/failed.png` });
  console.log(problems.join("\n"));
  throw error;
} finally {
  await browser.close();
}
