// What a person sees of the webmail and does to it, in Chromium; and a sender of mail. Names come from the environment:
// STAGECOACH_URL, STAGECOACH_USER, STAGECOACH_PASSWORD, STAGECOACH_SMTP (tests/worlds/webmail.py).
import assert from "node:assert/strict";
import { connect } from "node:net";

export const url = process.env["STAGECOACH_URL"];

export async function signInAt(page, address = url) {
  await page.goto(`${address}/mail/`);
  await page.getByLabel("Address").fill(process.env["STAGECOACH_USER"]);
  await page.getByLabel("Password").fill(process.env["STAGECOACH_PASSWORD"]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

// What is wrong with a page by itself: errors of its script, and of its console.
export function watch(page) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 401|ERR_INTERNET_DISCONNECTED/.test(message.text())) problems.push(`${message.text()} ${message.location().url}`);
  });
  return problems;
}

export function personAt(page) {
  const row = (subject) => page.locator(".row", { has: page.locator(".subject", { hasText: new RegExp(`${subject}$`) }) });
  return {
    row,
    button: (name) => page.getByRole("button", { name, exact: true }),
    tree: page.getByRole("navigation", { name: "Mailboxes" }),
    has: async (subject, name) => ((await row(subject).getAttribute("class")) ?? "").split(" ").includes(name),
    async until(what, truth) {
      for (let i = 0; i < 400; i += 1) {
        if (await truth()) return;
        await page.waitForTimeout(50);
      }
      throw new Error(`${what}: not within 20 s`);
    },
  };
}

// Lines to a server, each answered by what ends as `end` says.
export async function talk(port, end, lines) {
  const socket = connect(Number(port), "127.0.0.1").setEncoding("utf8");
  const replies = socket[Symbol.asyncIterator]();
  let said = (await replies.next()).value;
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    for (said = ""; !end.test(said); ) said += (await replies.next()).value;
    assert.match(said, /^([23]|a OK)/m);
  }
  socket.destroy();
}

// `rest`: more header lines, an empty line and the body.
export const deliver = (subject, rest = "\r\nhello", from = "grace@example.org") =>
  talk(process.env["STAGECOACH_SMTP"], /^\d.*\r\n$/, [
    "HELO test",
    "MAIL FROM:<grace@example.org>",
    `RCPT TO:<${process.env["STAGECOACH_USER"]}>`,
    "DATA",
    `From: ${from}\r\nSubject: ${subject}\r\n${rest}\r\n.`,
  ]);
