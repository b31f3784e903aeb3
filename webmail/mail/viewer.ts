// Attachments over the whole window: images and texts; another one by arrow, the first and last by 0 and $.
import type { ShownPart } from "../shared/api.ts";
import { openDialog } from "../shared/dialog.ts";
import { button, el, fill } from "../shared/el.ts";

export function canView(part: ShownPart): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(part.type) || part.type === "text/plain";
}

export function nameOf(part: ShownPart): string {
  return part.name === "" ? `part ${part.path}` : part.name;
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  return response.ok ? response.text() : `The server answered ${response.status}.`;
}

export function viewParts(base: string, parts: readonly ShownPart[], first: ShownPart): void {
  let at = Math.max(0, parts.indexOf(first));
  const stage = el("div", { class: "stage", tabindex: 0, role: "region", "aria-label": "Attachment" });
  const title = el("span", { class: "name", role: "status" });
  const download = el("a", { class: "button", download: true }, "Download");
  const show = (to: number): void => {
    at = Math.min(Math.max(to, 0), parts.length - 1);
    const part = parts[at];
    if (!part) return;
    fill(title, `${nameOf(part)} (${at + 1} of ${parts.length})`);
    download.setAttribute("href", `${base}/download/${part.path}`);
    const url = `${base}/view/${part.path}`;
    if (part.type.startsWith("image/")) return fill(stage, el("img", { src: url, alt: nameOf(part) }));
    fill(stage, "Loading …");
    void textOf(url).then((text) => {
      if (parts[at] === part) fill(stage, el("pre", {}, text));
    });
  };
  const bar = el(
    "div",
    { class: "bar" },
    button("Previous", () => show(at - 1), { title: "h" }),
    button("Next", () => show(at + 1), { title: "l" }),
    download,
    button("Close", () => dialog.close()),
    title,
  );
  const dialog = openDialog("Attachments", "viewer", bar, stage);
  const runs: Record<string, () => void> = {
    h: () => show(at - 1),
    ArrowLeft: () => show(at - 1),
    l: () => show(at + 1),
    ArrowRight: () => show(at + 1),
    "0": () => show(0),
    $: () => show(parts.length - 1),
    d: () => download.click(),
  };
  dialog.root.addEventListener("keydown", (event) => {
    const run = event.ctrlKey || event.altKey ? undefined : runs[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  show(at);
}
