// A command has a name; which keys run it is data. Help is printed from the same table, so it cannot differ from it.
import { openDialog } from "./dialog.ts";
import { el, fill } from "./el.ts";
import { keep, kept } from "./kept.ts";

export interface Command {
  name: string;
  group: string;
  help: string;
  // "j", "ctrl-z", "alt-ArrowDown", "g i"
  keys: readonly string[];
  run(): void;
}

const sequenceMs = 1_000;
const flashMs = 1_500;

// "ctrl-z", "J" (shift is in the letter), "shift-ArrowDown"
export function keyName(event: KeyboardEvent): string {
  const isLetter = event.key.length === 1;
  const shift = event.shiftKey && !isLetter ? "shift-" : "";
  const key = event.key === " " ? "Space" : event.key;
  return `${event.ctrlKey || event.metaKey ? "ctrl-" : ""}${event.altKey ? "alt-" : ""}${shift}${key}`;
}

function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export interface Keys {
  help(): void;
}

export function makeKeys(commands: readonly Command[], status: HTMLElement): Keys {
  let prefix = "";
  let prefixTimer = 0;
  let flashTimer = 0;
  let hasLetters = kept("letters", "on") === "on";

  const say = (text: string, ms: number): void => {
    fill(status, text);
    clearTimeout(flashTimer);
    flashTimer = setTimeout(() => fill(status), ms);
  };
  const find = (key: string): Command | undefined => commands.find((one) => one.keys.includes(key));

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog[open]") || takesText(event.target)) return;
    const key = keyName(event);
    if (key === "Shift" || key === "Control" || key === "Alt") return;
    const isSingle = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isSingle && !hasLetters) return;
    // Space and Enter on a button press it.
    if ((key === "Space" || key === "Enter") && event.target instanceof HTMLButtonElement) return;
    const whole = prefix === "" ? key : `${prefix} ${key}`;
    clearTimeout(prefixTimer);
    prefix = "";
    const command = find(whole);
    if (command) {
      event.preventDefault();
      command.run();
    } else if (commands.some((one) => one.keys.some((other) => other.startsWith(`${whole} `)))) {
      event.preventDefault();
      prefix = whole;
      say(`${whole} …`, sequenceMs);
      prefixTimer = setTimeout(() => (prefix = ""), sequenceMs);
    }
  });

  // Who clicks is shown the key: that is how one learns them.
  addEventListener("click", (event) => {
    if (event.detail === 0 || !(event.target instanceof Element)) return;
    const name = event.target.closest("[data-command]")?.getAttribute("data-command");
    const command = commands.find((one) => one.name === name);
    if (command?.keys[0]) say(`${command.help}: ${command.keys[0]}`, flashMs);
  });

  return {
    help() {
      const groups = [...new Set(commands.map((one) => one.group))];
      const tables = groups.map((group) =>
        el(
          "section",
          {},
          el("h3", {}, group),
          el(
            "dl",
            { class: "keys" },
            ...commands
              .filter((one) => one.group === group && one.keys.length > 0)
              .map((one) => el("div", {}, el("dt", {}, ...one.keys.map((key) => el("kbd", {}, key))), el("dd", {}, one.help))),
          ),
        ),
      );
      const letters = el("input", { type: "checkbox", id: "letters" });
      letters.checked = hasLetters;
      letters.addEventListener("change", () => {
        hasLetters = letters.checked;
        keep("letters", hasLetters ? "on" : "off");
      });
      const close = el("button", { type: "submit", class: "primary" }, "Close");
      openDialog(
        "Keys",
        "box",
        el("div", { class: "help" }, ...tables),
        el("p", {}, letters, el("label", { for: "letters" }, "Keys that are a single letter or sign")),
        el("form", { method: "dialog", class: "buttons" }, close),
      );
      close.focus();
    },
  };
}
