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
    if (message.type() === "error" && !/status of 401|ERR_INTERNET_DISCONNECTED/.test(message.text())) problems.push(message.text());
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

// `rest`: more header lines, an empty line and the body.
export async function deliver(subject, rest = "\r\nhello") {
  const socket = connect(Number(process.env["STAGECOACH_SMTP"]), "127.0.0.1").setEncoding("utf8");
  const replies = socket[Symbol.asyncIterator]();
  await replies.next();
  const text = `From: grace@example.org\r\nSubject: ${subject}\r\n${rest}\r\n.`;
  for (const line of ["HELO test", "MAIL FROM:<grace@example.org>", `RCPT TO:<${process.env["STAGECOACH_USER"]}>`, "DATA", text]) {
    socket.write(`${line}\r\n`);
    assert.match((await replies.next()).value, /^[23]/);
  }
  socket.destroy();
}
