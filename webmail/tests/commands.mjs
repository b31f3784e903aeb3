// Every command of the webmail by its keys, in two themes and three widths; what a command does is seen. Which there are is
// read from the page's own help, so one that is not tried here fails.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { deliver, personAt, signInAt, watch } from "./person.mjs";

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const shots = process.env["SCREENSHOTS"] ?? "/tmp/stagecoach-screenshots";

async function sendAll(tag) {
  for (let i = 1; i <= 6; i += 1) await deliver(`${tag} ${i}`, `\r\nthis is the text of ${tag} ${i}`);
  await deliver(`${tag} talk`, `Message-ID: <${tag}@talk>\r\n\r\nwhat is said`);
  await deliver(`Re: ${tag} talk`, `References: <${tag}@talk>\r\n\r\nwhat is answered`);
  await deliver(`${tag} html`, "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<h1>In HTML</h1><p>and its text</p>");
  await deliver(`${tag} long`, `\r\n${"a line of many\r\n".repeat(300)}`);
  const part = "--b\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment\r\n\r\nin the notes\r\n";
  await deliver(`${tag} file`, `MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwith notes\r\n${part}--b--`);
}

function makeWalk(page, tag) {
  const { row, button, tree, has, until } = personAt(page);
  const tried = new Set();
  // The keys as the help spells them: "g n", "ctrl-a", "shift-ArrowDown".
  const keys = async (spelled) => {
    tried.add(spelled);
    for (const one of spelled.split(" ")) await page.keyboard.press(one.replace("ctrl-", "Control+").replace("alt-", "Alt+").replace("shift-", "Shift+"));
  };
  const chosen = () => page.locator(".row[aria-selected=true] .subject").allTextContents();
  const isAtEnd = async () => {
    const last = await page.getByRole("treegrid").getAttribute("aria-rowcount");
    return (await page.locator(`.row[aria-selected=true][aria-rowindex="${last}"]`).count()) === 1;
  };
  const isChosen = (...subjects) =>
    until(`${subjects} chosen`, async () => JSON.stringify(await chosen()) === JSON.stringify(subjects)).catch(async (error) => {
      throw new Error(`${error.message}, but ${await chosen()}`);
    });
  const goTo = async (subject) => {
    await keys("Escape");
    await row(subject).click();
    await isChosen(await row(subject).locator(".subject").innerText());
    await keys("Escape");
  };
  const show = async (subject) => {
    await keys("Escape");
    await row(subject).click();
    await page.getByRole("article").getByRole("heading", { name: subject }).waitFor();
  };
  const noDialog = () => until("the dialog has closed", async () => (await page.locator("dialog[open]").count()) === 0);
  const openMailbox = async (name) => {
    await noDialog();
    if (!(await tree.isVisible())) await keys("g m");
    await tree.getByRole("button", { name }).click();
  };

  return {
    tried,
    async moving() {
      await keys("i");
      await row(`${tag} file`).waitFor();
      await keys(",");
      await isChosen(`${tag} file`);
      for (const [key, subject] of [["j", "long"], ["ArrowDown", "html"], ["k", "long"], ["ArrowUp", "file"]]) {
        await keys(key);
        await isChosen(`${tag} ${subject}`);
      }
      for (const [there, back] of [["l", "h"], ["PageDown", "PageUp"], [".", ","], ["End", "Home"]]) {
        await keys(there);
        await until(`${there} goes far`, async () => (await chosen()).length === 1 && !(await chosen())[0].endsWith(`${tag} file`));
        if (there === "." || there === "End") await until("to the end", isAtEnd);
        await keys(back);
        await isChosen(`${tag} file`);
      }
    },
    async choosing() {
      for (const [more, less] of [["J", "K"], ["shift-ArrowDown", "shift-ArrowUp"]]) {
        await keys(more);
        await isChosen(`${tag} file`, `${tag} long`);
        await keys(less);
        await isChosen(`${tag} file`);
      }
      await keys("ctrl-ArrowDown");
      await keys("Space");
      await isChosen(`${tag} file`, `${tag} long`);
      await keys("ctrl-ArrowUp");
      await keys("Space");
      await isChosen(`${tag} long`);
      await keys("ctrl-a");
      await page.getByText(/chosen: all that are found here/).waitFor({ state: "attached" });
      await keys("Escape");
      await isChosen();
    },
    async reading() {
      await show(`${tag} file`);
      await keys("V");
      await page.getByText("in the notes").waitFor();
      await page.keyboard.press("Escape");
      await keys("ctrl-i");
      await page.getByRole("region", { name: "All headers" }).waitFor();
      await keys("ctrl-i");
      await keys("O");
      await page.getByText("boundary=b").first().waitFor();
      await keys("t");
      await page.getByText("with notes").waitFor();
      await show(`${tag} html`);
      const frame = page.locator("iframe.body-html");
      for (const [key, address] of [["T", "/html"], ["X", "/htmlexternal"]]) {
        await keys(key);
        await until(`${key}: a frame`, async () => (await frame.count()) === 1 && (await frame.getAttribute("src")).endsWith(address));
      }
      await keys("t");
      await until("no frame", async () => (await frame.count()) === 0);
      await show(`${tag} long`);
      await page.getByText("a line of many").first().waitFor();
      const top = () => page.getByRole("article").evaluate((one) => one.scrollTop);
      for (const [down, up] of [["alt-j", "alt-k"], ["alt-ArrowDown", "alt-ArrowUp"]]) {
        await keys(down);
        await until("it is lower", async () => (await top()) > 0);
        await keys(up);
        await until("it is at the top", async () => (await top()) === 0);
      }
      await keys("Escape");
    },
    async marking(labels) {
      await goTo(`${tag} 6`);
      await keys("M");
      await until("unread", () => has(`${tag} 6`, "unread"));
      await keys("m");
      await until("read", async () => !(await has(`${tag} 6`, "unread")));
      await keys("s");
      await until("starred", () => has(`${tag} 6`, "flagged"));
      await keys("s");
      await until("not starred", async () => !(await has(`${tag} 6`, "flagged")));
      for (const label of labels) {
        await keys("L");
        await page.getByLabel("New label").fill(label);
        await page.keyboard.press("Enter");
        await row(`${tag} 6`).locator(".label", { hasText: label }).waitFor({ state: "attached" });
        if (await page.locator("dialog[open]").count()) await page.keyboard.press("Escape");
      }
      await goTo(`${tag} 5`);
      for (let i = 1; i <= 9; i += 1) {
        await keys(String(i));
        await until(`label ${i}`, async () => (await row(`${tag} 5`).locator(".label").count()) === i);
      }
    },
    async moved() {
      const goes = async (subject, key, act = async () => undefined) => {
        await goTo(subject);
        await keys(key);
        await act();
        await until(`${key}: it goes`, async () => (await row(subject).count()) === 0);
      };
      for (const [key, undo] of [["a", "U"], ["d", "ctrl-z"], ["Delete", "U"]]) {
        await goes(`${tag} 4`, key);
        await page.getByText(/1 message moved to/).waitFor();
        await keys(undo);
        await row(`${tag} 4`).waitFor({ state: "attached" });
        await until("nothing is left to undo", async () => (await page.getByText(/1 message moved to/).count()) === 0);
      }
      await goes(`${tag} 4`, "v", async () => {
        await page.getByLabel("Mailbox (Enter takes the first)").fill("arch");
        await page.keyboard.press("Enter");
      });
      await goes(`${tag} 3`, "D", () => page.getByRole("dialog").getByRole("button", { name: "Delete for ever" }).click());
      await goes(`${tag} 2`, "q");
      await openMailbox(/^Junk/);
      await row(`${tag} 2`).waitFor({ state: "attached" });
      await goes(`${tag} 2`, "Q");
      await keys("g i");
      await row(`${tag} 2`).waitFor({ state: "attached" });
    },
    async threads() {
      await goTo(`Re: ${tag} talk`);
      await keys("ArrowRight");
      await until("two rows", async () => (await row(`${tag} talk`).count()) === 2);
      await keys("ArrowLeft");
      await until("one row", async () => (await row(`${tag} talk`).count()) === 1);
      await show(`Re: ${tag} talk`);
      const entries = page.locator("nav[aria-label=Conversation] button");
      await until("it knows its conversation", async () => (await entries.count()) === 2);
      for (const [key, text] of [["g k", "what is said"], ["g j", "what is answered"]]) {
        await keys(key);
        await page.getByRole("article").getByText(text).waitFor({ state: "attached" });
      }
      await keys("Escape");
      await keys("g k"); // and it is seen, on a phone as well
      await page.getByRole("article").getByText("what is said").waitFor();
      await keys("Escape");
      await keys("g t");
      await until("each by itself", async () => (await row(`${tag} talk`).count()) === 2);
      await keys("g t");
      await until("a thread", async () => (await row(`${tag} talk`).count()) === 1);
    },
    async finding() {
      await keys("/");
      await page.getByRole("searchbox").fill(`subject:"${tag}" label:label9`);
      await page.keyboard.press("Enter");
      await page.getByText("2 messages found").waitFor();
      await keys("g e");
      await until("everywhere", async () => (await button("All mailboxes").getAttribute("aria-pressed")) === "true");
      await page.getByRole("searchbox").fill(`subject:"${tag}"`);
      await page.keyboard.press("Enter");
      await row(`${tag} 4`).waitFor({ state: "attached" });
      await page.screenshot({ path: `${shots}/commands-${tag}.png` });
      await keys("g e");
      await until("what was archived is not here", async () => (await row(`${tag} 4`).count()) === 0);
      await button("Clear").click();
      await row(`${tag} long`).waitFor({ state: "attached" });
      await keys("g f");
      const panel = page.getByRole("region", { name: "Narrow the list" });
      await panel.getByRole("button", { name: /^label9 / }).click();
      await until("its label is looked for", async () => (await page.getByRole("searchbox").inputValue()) === "label:label9");
      await panel.getByRole("button", { name: /^label9 / }).click();
      await row(`${tag} long`).waitFor({ state: "attached" });
      await keys("Escape");
      await panel.waitFor({ state: "hidden" });
    },
    async mailboxes() {
      const isWide = await tree.isVisible();
      await keys("g m");
      await until("the mailboxes are there", () => tree.isVisible());
      await keys("g m");
      await until("as before", async () => (await tree.isVisible()) === isWide);
      await keys("g n");
      await page.getByRole("dialog").getByLabel("Name").fill(`${tag}box`);
      await page.keyboard.press("Enter");
      await openMailbox(`${tag}box`);
      await page.getByText("No messages here.").waitFor();
      if (!(await tree.isVisible())) await keys("g m");
      await button("Rename").click();
      await page.getByRole("dialog").getByLabel("New name").fill(`${tag}case`);
      await page.keyboard.press("Enter");
      await noDialog();
      if (!(await tree.isVisible())) await keys("g m");
      await button("Delete").last().click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete mailbox" }).click();
      await until("it is gone", async () => (await tree.getByRole("button", { name: `${tag}case` }).count()) === 0);
      await row(`${tag} long`).waitFor({ state: "attached" });
    },
    async arranging() {
      for (const to of ["beside", "above", "list", "auto"]) {
        await keys("g l");
        await page.getByText(`Layout: ${to}`).waitFor();
      }
      for (const splitter of await page.getByRole("separator").all()) {
        if (!(await splitter.isVisible())) continue;
        const size = async () => Number(await splitter.getAttribute("aria-valuenow"));
        await splitter.focus();
        await page.keyboard.press("Home");
        const smallest = await size();
        assert.equal(smallest, Number(await splitter.getAttribute("aria-valuemin")));
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowDown");
        assert.equal(await size(), Math.min(smallest + 32, Number(await splitter.getAttribute("aria-valuemax"))));
        const box = await splitter.boundingBox();
        const isVertical = (await splitter.getAttribute("aria-orientation")) === "vertical";
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.move(isVertical ? x + 40 : x, isVertical ? y : y + 40);
        await page.mouse.up();
        await until("it follows the pointer", async () => (await size()) > smallest + 40);
      }
    },
    // What was shown at once was done.
    async kept() {
      await page.reload();
      await row(`${tag} long`).waitFor({ state: "attached" });
      assert.equal(await row(`${tag} 5`).locator(".label").count(), 9);
      assert.deepEqual([await has(`${tag} 6`, "unread"), await has(`${tag} 6`, "flagged")], [false, false]);
      for (const gone of [3, 4]) assert.equal(await row(`${tag} ${gone}`).count(), 0);
    },
    // All that the help names have been tried.
    async helped() {
      await keys("?");
      const dialog = page.getByRole("dialog", { name: "Keys" });
      await dialog.waitFor();
      const named = await dialog.locator("kbd").allTextContents();
      await page.keyboard.press("Escape");
      assert.ok(named.length > 50, `${named.length} keys`);
      assert.deepEqual(named.filter((one) => !tried.has(one)), [], "keys that were not tried");
    },
  };
}

const labels = Array.from({ length: 9 }, (_, i) => `label${i + 1}`);
let page;
try {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[1280, 800], [900, 700], [390, 844]]) {
      const tag = `${colorScheme}${width}`;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const problems = watch(page);
      await sendAll(tag);
      await signInAt(page);
      const walk = makeWalk(page, tag);
      for (const part of ["moving", "choosing", "reading", "threads", "marking", "moved", "finding", "mailboxes", "arranging", "kept", "helped"]) {
        await walk[part](labels).catch((error) => {
          error.message = `${tag}, ${part}: ${error.message}`;
          throw error;
        });
        assert.equal(await page.locator(".toast.bad").count(), 0, `${tag}, ${part}: something was refused`);
      }
      assert.deepEqual(problems, [], tag);
      await context.close();
      console.log(`${tag}: ${walk.tried.size} keys`);
    }
  }
} catch (error) {
  await page.screenshot({ path: `${shots}/commands-failed.png` });
  throw error;
} finally {
  await browser.close();
}
