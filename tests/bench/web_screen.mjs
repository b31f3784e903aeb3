// A page in Chromium against the server at STAGECOACH_URL: how long after it is asked for its list is there, and after SMTP's
// 250 the row is on the screen. Prints one JSON object of lists of milliseconds. Started by web_bench.py.
import { createRequire } from "node:module";
import { connect } from "node:net";

const { chromium } = createRequire(`${process.cwd()}/`)("playwright-core");
const url = process.env["STAGECOACH_URL"];
const user = process.env["STAGECOACH_USER"];
const loads = 30;
const mails = 100;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await (await browser.newContext()).newPage();
await page.goto(`${url}/mail/`);
await page.getByLabel("Address").fill(user);
await page.getByLabel("Password").fill(process.env["STAGECOACH_PASSWORD"]);
await page.getByRole("button", { name: "Sign in", exact: true }).click();
await page.locator(".row").first().waitFor();

// In the page, when each row is drawn: its clock is ours.
await page.addInitScript(() => {
  globalThis.drawn = new Map();
  new MutationObserver(() => {
    for (const one of document.querySelectorAll(".row .subject"))
      if (!globalThis.drawn.has(one.textContent)) {
        globalThis.drawn.set(one.textContent, Infinity);
        requestAnimationFrame(() => globalThis.drawn.set(one.textContent, performance.timeOrigin + performance.now()));
      }
  }).observe(document, { childList: true, subtree: true, characterData: true });
});

const lists = [];
for (let i = 0; i < loads; i += 1) {
  await page.reload();
  await page.waitForFunction(() => [...globalThis.drawn.values()].some((at) => at < Infinity));
  lists.push(await page.evaluate(() => Math.min(...globalThis.drawn.values()) - performance.timeOrigin));
}

const socket = connect(Number(process.env["STAGECOACH_SMTP"]), "127.0.0.1").setEncoding("utf8");
const replies = socket[Symbol.asyncIterator]();
const say = async (line) => {
  socket.write(`${line}\r\n`);
  const { value } = await replies.next();
  if (!/^[23]/.test(value)) throw new Error(`${line} is answered ${value}`);
};
await replies.next();
await say("HELO bench");
const rows = [];
for (let i = 0; i < mails; i += 1) {
  for (const line of ["MAIL FROM:<a@example.org>", `RCPT TO:<${user}>`, "DATA"]) await say(line);
  await say(`Subject: screen ${i}\r\n\r\nbody\r\n.`);
  const accepted = performance.timeOrigin + performance.now();
  const at = await page.waitForFunction((subject) => {
    const when = globalThis.drawn.get(subject);
    return when !== undefined && when < Infinity ? when : 0;
  }, `screen ${i}`);
  rows.push(Math.max(0, (await at.jsonValue()) - accepted));
}
socket.destroy();
await browser.close();
console.log(JSON.stringify({ "page to its list": lists, "250 to the row on the screen": rows }));
