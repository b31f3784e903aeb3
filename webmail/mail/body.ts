// The text of a mail as elements: quote levels have colours, addresses of the web become links.
import { el, type Kid } from "../shared/el.ts";

const link = /\b(?:https?:\/\/|mailto:)[^\s<>"]+/gi;
const schemes = new Set(["http:", "https:", "mailto:"]);

// Signs that end the sentence rather than the address.
function withoutEnd(text: string): string {
  const cut = text.replace(/[.,;:!?'\]]+$/, "");
  return cut.endsWith(")") && !cut.includes("(") ? cut.slice(0, -1) : cut;
}

function linked(line: string): Kid[] {
  const kids: Kid[] = [];
  let at = 0;
  for (const found of line.matchAll(link)) {
    const text = withoutEnd(found[0]);
    if (!URL.canParse(text) || !schemes.has(new URL(text).protocol)) continue;
    kids.push(line.slice(at, found.index));
    kids.push(el("a", { href: text, target: "_blank", rel: "noopener noreferrer" }, text));
    at = found.index + text.length;
  }
  return [...kids, line.slice(at)];
}

export function quoteLevel(line: string): number {
  const found = /^(?:\s?>)+/.exec(line);
  return found ? found[0].replace(/\s/g, "").length : 0;
}

export function bodyText(text: string): HTMLElement {
  const root = el("div", { class: "body-text", tabindex: 0, role: "region", "aria-label": "Text" });
  let level = -1;
  let block = el("div", {});
  for (const line of text.split("\n")) {
    const next = quoteLevel(line);
    if (next !== level) {
      block = el("div", next === 0 ? {} : { class: `q${((next - 1) % 3) + 1}` });
      root.append(block);
      level = next;
    }
    for (const kid of linked(`${line}\n`)) if (kid !== null && kid !== "") block.append(...(typeof kid === "string" ? el("i", {}, kid).childNodes : [kid]));
  }
  return root;
}
