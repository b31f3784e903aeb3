// Short news at the bottom. It stays while it is looked at; Undo in it is reachable by key (ctrl-z) as well.
import { button, el, fill } from "./el.ts";

export interface Progress {
  at(done: number, total: number): void;
  end(): void;
}

export interface Toast {
  say(text: string): void;
  fail(text: string): void;
  offerUndo(text: string, undo: () => void): void;
  // Stays until its end. `cancel` is called once at most.
  progress(text: string, cancel: () => void): Progress;
  // Runs the undo that stands there last, if any.
  undo(): boolean;
}

const shownMs = 8_000;
const shownAtOnce = 3;

// `leave`: what has the focus goes away; it goes elsewhere.
export function makeToast(root: HTMLElement, leave: () => void): Toast {
  let lastUndo: (() => void) | null = null;

  const take = (box: HTMLElement): void => {
    const hadFocus = box.contains(document.activeElement);
    box.remove();
    if (hadFocus) leave();
  };

  const makeRoom = (): void => {
    const passing = root.querySelectorAll(".toast:not(.lasting)");
    for (const one of [...passing].slice(0, Math.max(0, passing.length - shownAtOnce))) one.remove();
  };
  const show = (text: string, kind: "" | "bad", action: HTMLButtonElement | null): (() => void) => {
    const box = el("div", { class: `toast ${kind}` }, el("span", {}, text), action);
    let timer = 0;
    const remove = (): void => {
      clearTimeout(timer);
      take(box);
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
    makeRoom();
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
    progress(text, cancel) {
      const bar = el("progress", { "aria-label": text });
      // A screen reader is told what is done, and asks how far it is: not each number by itself.
      const numbers = el("span", { class: "numbers", "aria-hidden": "true" });
      // Not disabled, by which it would lose the focus.
      const stop = button("Cancel", () => {
        if (stop.ariaDisabled === "true") return;
        stop.ariaDisabled = "true";
        cancel();
      });
      const box = el("div", { class: "toast lasting" }, el("span", {}, text), numbers, bar, stop);
      root.append(box);
      return {
        at(done, total) {
          const far = `${done.toLocaleString()} of ${total.toLocaleString()}`;
          fill(numbers, far);
          bar.max = Math.max(1, total);
          bar.value = done;
          bar.setAttribute("aria-valuetext", far);
        },
        end: () => take(box),
      };
    },
    undo() {
      const run = lastUndo;
      run?.();
      return run !== null;
    },
  };
}
