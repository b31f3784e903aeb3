// Where the panes are: three on a wide window, mailboxes as a drawer on a smaller one, one at a time on a phone.
import { el } from "../shared/el.ts";
import { keep, kept } from "../shared/kept.ts";
import { makeSplitter } from "../shared/splitter.ts";

export type Arrangement = "auto" | "beside" | "above" | "list";
export const arrangements: readonly Arrangement[] = ["auto", "beside", "above", "list"];

export interface Layout {
  root: HTMLElement;
  arrangement(): Arrangement;
  arrange(to: Arrangement): void;
  toggleDrawer(): void;
  closeDrawer(): void;
  // On a phone, or with the list alone: which of the two is there.
  setMessageOpen(isOpen: boolean): void;
}

const phonePx = 700;
const drawerPx = 1200;
const besidePx = 860;

// `arranged`: another pane may be on the screen.
export function makeLayout(mailboxes: HTMLElement, list: HTMLElement, message: HTMLElement, arranged: () => void): Layout {
  const root = el("main", { class: "panes" });
  let arrangement: Arrangement = arrangements.find((one) => one === kept("arrangement", "auto")) ?? "auto";
  let isMessageOpen = false;
  let isDrawerOpen = false;

  const side = makeSplitter({
    label: "Width of the mailboxes",
    name: "mailboxes",
    target: root,
    pane: mailboxes,
    smallest: 120,
    largest: () => 400,
    otherwise: 190,
  });
  const middle = makeSplitter({
    label: "Size of the list",
    name: "list",
    target: root,
    pane: list,
    smallest: 120,
    largest: () => (root.dataset["arrangement"] === "above" ? root.clientHeight - 160 : root.clientWidth - 520),
    otherwise: 420,
  });
  root.append(mailboxes, side.root, list, middle.root, message);

  const fit = (): void => {
    const width = root.clientWidth;
    if (width === 0) return;
    const isPhone = width < phonePx;
    const isDrawer = width <= drawerPx;
    let shown = arrangement;
    if (shown === "auto") shown = width >= besidePx ? "beside" : "above";
    if (isPhone) shown = "list";
    root.dataset["arrangement"] = shown;
    root.dataset["one"] = shown !== "list" ? "" : isMessageOpen ? "message" : "list";
    root.classList.toggle("drawer", isDrawer);
    root.classList.toggle("drawer-open", isDrawer && isDrawerOpen);
    document.body.classList.toggle("has-drawer", isDrawer);
    document.body.classList.toggle("message-alone", root.dataset["one"] === "message");
    side.setDirection("vertical");
    middle.setDirection(shown === "above" ? "horizontal" : "vertical");
    arranged();
  };
  new ResizeObserver(fit).observe(root);
  const setDrawer = (isOpen: boolean): void => {
    if (isDrawerOpen === isOpen) return;
    isDrawerOpen = isOpen;
    fit();
    if (isOpen && root.classList.contains("drawer")) mailboxes.querySelector("button")?.focus();
  };

  return {
    root,
    arrangement: () => arrangement,
    arrange(to) {
      arrangement = to;
      keep("arrangement", to);
      fit();
    },
    toggleDrawer: () => setDrawer(!isDrawerOpen),
    closeDrawer: () => setDrawer(false),
    setMessageOpen(isOpen) {
      isMessageOpen = isOpen;
      fit();
    },
  };
}
