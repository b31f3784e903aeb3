// The one way to make elements. Text reaches the page as text nodes only: what a mail says is never read as HTML.

export type Kid = Node | string | null;
type Value = string | number | boolean | ((event: Event) => void);
export type Attributes = Record<string, Value>;

// el("button", {type: "button", click: run}, "Archive"): functions listen, true and false set and omit an attribute.
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...kids: Kid[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, String(value));
  }
  append(made, kids);
  return made;
}

export function append(to: Node, kids: readonly Kid[]): void {
  for (const kid of kids) {
    if (typeof kid === "string") for (const node of textNodes(kid)) to.appendChild(node);
    else if (kid !== null) to.appendChild(kid);
  }
}

export function fill(element: Element, ...kids: Kid[]): void {
  element.replaceChildren();
  append(element, kids);
}

// Sets an attribute only when it differs, so that screen readers are not told of what stays.
export function set(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

export function button(name: string, run: (event: Event) => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { type: "button", click: run, ...attributes }, name);
}

// --- letters of another script in the midst of a word, as in "pаypal" with a Cyrillic а ---

const scripts: readonly [string, RegExp][] = [
  ["Latin", /^\p{Script=Latin}$/u],
  ["Greek", /^\p{Script=Greek}$/u],
  ["Cyrillic", /^\p{Script=Cyrillic}$/u],
  ["Armenian", /^\p{Script=Armenian}$/u],
  ["Hebrew", /^\p{Script=Hebrew}$/u],
  ["Arabic", /^\p{Script=Arabic}$/u],
  ["Cherokee", /^\p{Script=Cherokee}$/u],
  // Japanese and Chinese words mix these, and nobody is deceived.
  ["East Asian", /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]$/u],
];

// Empty for what all scripts share, as digits and accents.
function scriptOf(letter: string): string {
  if (letter < "\u0080") return /[A-Za-z]/.test(letter) ? "Latin" : "";
  for (const [name, letters] of scripts) if (letters.test(letter)) return name;
  return /^[\p{Script=Common}\p{Script=Inherited}]$/u.test(letter) ? "" : "other";
}

interface Run {
  text: string;
  script: string;
}

export function runsOf(word: string): Run[] {
  const runs: Run[] = [];
  for (const letter of word) {
    const script = scriptOf(letter);
    const last = runs[runs.length - 1];
    if (last && (script === "" || last.script === script || last.script === "")) {
      last.text += letter;
      if (last.script === "") last.script = script;
    } else {
      runs.push({ text: letter, script });
    }
  }
  return runs;
}

const asciiOnly = /^[\x00-\x7f]*$/;

function textNodes(text: string): Node[] {
  if (asciiOnly.test(text)) return [document.createTextNode(text)];
  const nodes: Node[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain !== "") nodes.push(document.createTextNode(plain));
    plain = "";
  };
  for (const word of text.split(/([^\p{L}\p{M}\p{N}]+)/u)) {
    const runs = asciiOnly.test(word) ? [] : runsOf(word);
    if (runs.length < 2) {
      plain += word;
      continue;
    }
    const first = runs[0]?.script;
    for (const run of runs) {
      if (run.script === first) {
        plain += run.text;
        continue;
      }
      flush();
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.title = `Letters of another script: ${run.script}`;
      mark.textContent = run.text;
      nodes.push(mark);
    }
  }
  flush();
  return nodes;
}
