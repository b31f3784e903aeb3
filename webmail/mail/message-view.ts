// One message: who, to whom, what, and what comes with it. It is shown as text where it has one to show; HTML is a
// document of its own, in a frame that can run nothing, and loads pictures from elsewhere only when that is asked for.
import type { ShownAddress, ShownMessage } from "../shared/api.ts";
import { why } from "../shared/call.ts";
import { button, el, fill, type Kid } from "../shared/el.ts";
import { longAddress, longDate, size } from "../shared/format.ts";
import { bodyText } from "./body.ts";
import type { ReadAhead } from "./read-ahead.ts";
import { keyOf, type RowKey } from "./row-key.ts";
import { canView, nameOf, viewParts } from "./viewer.ts";

export type Shape = "text" | "html" | "htmlexternal" | "raw";

export interface MessageView {
  root: HTMLElement;
  show(row: RowKey): void;
  // Instead of a message: nothing chosen, or several.
  say(...kids: Kid[]): void;
  message(): ShownMessage | null;
  setShape(shape: Shape): void;
  toggleHeader(): void;
  viewAttachments(): void;
  scroll(by: number): void;
}

const busyMs = 1_000;

function addressRow(label: string, addresses: readonly ShownAddress[]): HTMLElement[] {
  if (addresses.length === 0) return [];
  return [el("dt", {}, label), el("dd", {}, addresses.map(longAddress).join(", "))];
}

function headerOf(message: ShownMessage, mailbox: string): HTMLElement {
  const isReplyElsewhere = message.reply_to.some((one) => !message.from.some((from) => from.address === one.address));
  return el(
    "dl",
    { class: "header" },
    ...addressRow("From", message.from),
    ...(isReplyElsewhere ? addressRow("Reply to", message.reply_to) : []),
    ...addressRow("To", message.to),
    ...addressRow("Cc", message.cc),
    ...addressRow("Bcc", message.bcc),
    el("dt", {}, "Date"),
    el("dd", {}, `${longDate(message.received)}, ${size(message.bytes)}`),
    ...(mailbox === "" ? [] : [el("dt", {}, "Mailbox"), el("dd", {}, mailbox)]),
  );
}

function wholeHeader(message: ShownMessage): HTMLElement {
  const rows = message.header.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, one.value)));
  const table = el("table", {}, el("tbody", {}, ...rows));
  return el("div", { class: "all-headers", tabindex: 0, role: "region", "aria-label": "All headers" }, table);
}

export interface MessageTold {
  // Null: no message is.
  shown(row: RowKey | null): void;
  // The name of its mailbox, if that has to be said.
  mailboxOf(row: RowKey): string;
}

export function makeMessageView(messages: ReadAhead, above: HTMLElement, told: MessageTold): MessageView {
  const content = el("div", { class: "content" });
  const root = el("article", { class: "message", tabindex: -1, "aria-label": "Message" }, above, content);
  let message: ShownMessage | null = null;
  let wanted: RowKey | null = null;
  let shape: Shape = "text";
  let isHeaderWhole = false;

  const base = (one: ShownMessage): string => `msg/${one.mailbox}/${one.uid}`;

  const rawText = (one: ShownMessage): HTMLElement => {
    const box = el("pre", { class: "body-text", tabindex: 0, role: "region", "aria-label": "Raw message" }, "Loading …");
    void fetch(`${base(one)}/raw`).then(
      async (response) => fill(box, response.ok ? await response.text() : `The server answered ${response.status}.`),
      () => fill(box, "The server cannot be reached."),
    );
    return box;
  };

  const attachments = (one: ShownMessage): HTMLElement | null => {
    const parts = one.parts.filter((part) => part.is_attachment);
    if (parts.length === 0) return null;
    const viewable = parts.filter(canView);
    const items = parts.map((part) =>
      el(
        "li",
        {},
        el("span", { class: "name" }, nameOf(part)),
        el("span", { class: "hint" }, ` ${part.type}, ${size(part.bytes)} `),
        canView(part) ? button("View", () => viewParts(base(one), viewable, part), { "aria-label": `View ${nameOf(part)}` }) : null,
        el("a", { class: "button", href: `${base(one)}/download/${part.path}`, download: true, "aria-label": `Download ${nameOf(part)}` }, "Download"),
      ),
    );
    const all = el(
      "a",
      { class: "button", href: `${base(one)}/attachments.zip`, download: true, "aria-label": `Download all ${parts.length} attachments as a zip` },
      "Download all",
    );
    return el(
      "section",
      { class: "attachments", "aria-label": "Attachments" },
      el("ul", {}, ...items, parts.length > 1 ? el("li", {}, all) : null),
    );
  };

  const shapes = (one: ShownMessage): HTMLElement => {
    const html: [Shape, string, string][] = [
      ["html", "HTML", "html"],
      ["htmlexternal", "With pictures", "html-external"],
    ];
    const all: [Shape, string, string][] = [["text", "Text", "text"], ...(one.has_html ? html : []), ["raw", "Raw", "raw"]];
    const choices = all.map(([to, name, command]) =>
      button(name, () => setShape(to), { "aria-pressed": String(shape === to), "data-command": command }),
    );
    const header = button("All headers", toggleHeader, { "aria-pressed": String(isHeaderWhole), "data-command": "headers" });
    return el("div", { class: "bar shapes", role: "group", "aria-label": "How it is shown" }, ...choices, header, ...alone(one));
  };

  // What is in a frame is printed by itself.
  const alone = (one: ShownMessage): HTMLElement[] => {
    const href = `${base(one)}/${shape === "raw" ? "raw" : `msg${shape}`}`;
    const link = el("a", { class: "button", href, target: "_blank", rel: "noopener noreferrer", title: "To read or print it alone" }, "Open in a new tab");
    return shape === "html" || shape === "htmlexternal" ? [link] : [link, button("Print", () => print())];
  };

  const body = (one: ShownMessage): Kid => {
    if (shape === "raw") return rawText(one);
    if (shape !== "text")
      return el("iframe", {
        class: "body-html",
        title: "HTML of the message",
        src: `${base(one)}/${shape}`,
        sandbox: "allow-popups allow-popups-to-escape-sandbox",
        referrerpolicy: "no-referrer",
      });
    return bodyText(one.text === "" ? "(no text)" : one.text);
  };

  const draw = (): void => {
    if (!message) return;
    fill(
      content,
      el("h2", {}, message.subject === "" ? "(no subject)" : message.subject),
      headerOf(message, told.mailboxOf(keyOf(message.mailbox, message.uid))),
      isHeaderWhole ? wholeHeader(message) : null,
      attachments(message),
      shapes(message),
      body(message),
      message.is_text_cut && shape === "text" ? el("p", { class: "notice" }, "The text is longer: see Raw.") : null,
    );
  };

  const setShape = (to: Shape): void => {
    if (!message || ((to === "html" || to === "htmlexternal") && !message.has_html)) return;
    shape = to;
    draw();
  };
  const toggleHeader = (): void => {
    isHeaderWhole = !isHeaderWhole;
    draw();
  };

  return {
    root,
    show(row) {
      if (row === wanted) return;
      wanted = row;
      const take = (answer: ShownMessage): void => {
        if (wanted !== row) return;
        message = answer;
        shape = "text";
        root.scrollTop = 0;
        draw();
        told.shown(row);
      };
      const kept = messages.kept(row);
      if (kept) return take(kept);
      message = null;
      const busy = setTimeout(() => wanted === row && !message && fill(content, el("p", { class: "empty" }, "Loading …")), busyMs);
      void messages
        .read(row)
        .then(take, (error) => {
          if (wanted !== row) return;
          wanted = null;
          fill(content, el("p", { class: "empty" }, why(error)));
          told.shown(null);
        })
        .finally(() => clearTimeout(busy));
    },
    say(...kids) {
      wanted = null;
      message = null;
      fill(content, el("div", { class: "empty" }, ...kids));
      told.shown(null);
    },
    message: () => message,
    setShape,
    toggleHeader,
    viewAttachments() {
      if (!message) return;
      const viewable = message.parts.filter((part) => part.is_attachment && canView(part));
      const first = viewable[0];
      if (first) viewParts(base(message), viewable, first);
    },
    scroll: (by) => root.scrollBy({ top: by * root.clientHeight }),
  };
}
