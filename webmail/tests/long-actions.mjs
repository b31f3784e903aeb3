// What is done to all messages of a large mailbox, "Many", as a person sees it: how far it is, Cancel, and Undo, in two themes
// and two widths. tests/worlds/long_actions.py starts it, with the number of MESSAGES.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { personAt, signInAt, url, watch } from "./person.mjs";

const total = Number(process.env["MESSAGES"]);
const shots = process.env["SCREENSHOTS"] ?? "/tmp/stagecoach-screenshots";
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

// hold(method) holds its answers back until what it gives is called, so that there is time to look at what the page says
// meanwhile. It has to be there before the page: a request that is made just after a route was asked for can pass by it.
async function makeHold(page) {
  const held = new Map();
  await page.route("**/api/mail.*", async (route) => {
    const isReleased = held.get(new URL(route.request().url()).pathname);
    if (!isReleased) return route.continue();
    const response = await route.fetch();
    await isReleased;
    await route.fulfill({ response });
  });
  return (method) => {
    let release;
    held.set(`/api/${method}`, new Promise((resolve) => (release = resolve)));
    return () => {
      held.delete(`/api/${method}`);
      release();
    };
  };
}

async function seeProgress(page, doing) {
  const bar = page.getByRole("progressbar", { name: doing });
  await bar.waitFor();
  const { done, of, text } = await bar.evaluate((one) => ({ done: one.value, of: one.max, text: one.getAttribute("aria-valuetext") }));
  assert.ok(done > 0 && done < of, `${done} of ${of}`);
  assert.equal(of, total);
  assert.equal(text, `${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")}`);
  return bar;
}

async function check(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`);
  });
  assert.deepEqual(found, [], name);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}: the page scrolls sideways`);
  const box = await page.locator(".toast.lasting").boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= page.viewportSize().width, `${name}: the toast is cut off`);
}

async function walk(page, hold, name) {
  const { button, until } = personAt(page);
  const rows = async () => Number(await page.locator("[role=treegrid]").getAttribute("aria-rowcount"));
  const rowsAre = (count) => until(`${count} rows`, async () => (await rows()) === count);
  await page.goto(`${url}/mail/#Many`);
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("t"); // each by itself
  await rowsAre(total);
  await page.locator(".row").first().focus();
  await page.keyboard.press("Control+a");
  let answer = hold("mail.move");
  await page.keyboard.press("a");
  const bar = await seeProgress(page, "Moving to Archive …");
  await page.screenshot({ path: `${shots}/progress-${name}.png` });
  await button("Cancel").press("Enter");
  assert.ok(await button("Cancel").isDisabled());
  await check(page, name);
  answer();
  await bar.waitFor({ state: "detached" });
  const toast = page.locator(".toast", { hasText: "moved to Archive" });
  await toast.waitFor();
  const [said, number] = /^([\d,]+) messages moved to Archive(, the rest left)?\./.exec(await toast.innerText());
  const moved = Number(number.replaceAll(",", ""));
  assert.equal(said.endsWith("the rest left."), moved < total, said);
  await rowsAre(total - moved);
  await page.screenshot({ path: `${shots}/cancelled-${name}.png` });
  answer = hold("mail.undo");
  await button("Undo").click();
  if (moved > 2000) {
    const back = page.getByRole("progressbar", { name: "Taking back …" });
    await back.waitFor();
    assert.ok(await back.evaluate((one) => one.value > 0 && one.value < one.max));
    await page.screenshot({ path: `${shots}/undo-${name}.png` });
  }
  answer();
  await page.getByText("Taken back.").waitFor();
  await rowsAre(total);
  return `${name}: ${said}`;
}

// The server says that it has failed in its midst.
async function failing(page) {
  const { button, until } = personAt(page);
  await page.route("**/api/mail.set_flags", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), messages: 3000, why: "no room" } });
  });
  await page.locator(".row").first().focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("s");
  await page.getByText(`3,000 of ${total.toLocaleString("en-US")} messages changed: no room`).waitFor();
  await until("starred", async () => (await page.locator(".row.flagged").count()) > 0);
  await button("Undo").last().click();
  await until("no star is left", async () => (await page.locator(".row.flagged").count()) === 0);
}

try {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 800], [390, 844]]) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-US", bypassCSP: true });
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const problems = watch(page);
      const hold = await makeHold(page);
      await signInAt(page);
      await page.getByText("No messages here.").waitFor();
      // It has the same stream, and hears of what is not its own.
      const other = await context.newPage();
      await other.goto(`${url}/mail/`);
      await other.getByText("No messages here.").waitFor();
      await other.evaluate(() => {
        window.progressSeen = 0;
        new MutationObserver(() => (window.progressSeen += document.querySelectorAll("progress").length)).observe(document.body, { childList: true, subtree: true });
      });
      console.log(await walk(page, hold, `${colorScheme}-${width}`).catch(async (error) => {
        await page.screenshot({ path: `${shots}/long-actions-failed.png` });
        throw error;
      }));
      await failing(page);
      assert.equal(await other.evaluate(() => window.progressSeen), 0, "another tab shows it, too");
      // A cancel that comes too late is not found, which the console tells.
      assert.deepEqual(problems.filter((one) => !/404.*action\.cancel/.test(one)), []);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
