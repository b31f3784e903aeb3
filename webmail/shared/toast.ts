// Short news at the bottom. It stays while it is looked at; Undo in it is reachable by key (ctrl-z) as well.
import { button, el } from "./el.ts";

export interface Toast {
  say(text: string): void;
  fail(text: string): void;
  offerUndo(text: string, undo: () => void): void;
  // Runs the undo that stands there last, if any.
  undo(): boolean;
}

const shownMs = 8_000;
const shownAtOnce = 3;

export function makeToast(root: HTMLElement): Toast {
  let lastUndo: (() => void) | null = null;

  const show = (text: string, kind: "" | "bad", action: HTMLButtonElement | null): (() => void) => {
    const box = el("div", { class: `toast ${kind}` }, el("span", {}, text), action);
    let timer = 0;
    const remove = (): void => {
      clearTimeout(timer);
      box.remove();
    };
    const start = (): void => {
      clearTimeout(timer);
      timer = setTimeout(remove, shownMs);
    };
    const hold = (): void => clearTimeout(timer);
    box.append(button("Close", remove, { class: "quiet" }));
    box.addEventListener("pointerenter", hold);
    box.addEventListener("focusin", hold);
    box.addEventListener("pointerleave", start);
    box.addEventListener("focusout", start);
    root.append(box);
    while (root.childElementCount > shownAtOnce) root.firstElementChild?.remove();
    start();
    return remove;
  };

  return {
    say: (text) => void show(text, "", null),
    fail: (text) => void show(text, "bad", null),
    offerUndo(text, undo) {
      const once = (): void => {
        if (lastUndo === once) lastUndo = null;
        remove();
        undo();
      };
      lastUndo = once;
      const remove = show(text, "", button("Undo", once, { "data-command": "undo" }));
    },
    undo() {
      const run = lastUndo;
      run?.();
      return run !== null;
    },
  };
}
