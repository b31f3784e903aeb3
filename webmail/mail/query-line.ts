// The search line as terms, read as the server reads it (protocols/query/mail_query.cpp): values may be quoted, brackets hold
// terms together, and what is not closed ends with the line. Pure, without the DOM.

const nestingMax = 20;
const isSpace = (c: string | undefined): boolean => c !== undefined && " \t\r\n".includes(c);

interface Line {
  terms: string[];
  // As one term: an OR binds less than what is put beside it, and a NOT would take it.
  isWhole: boolean;
  // All of it, closed, as it can stand in brackets.
  text: string;
}

function read(line: string): Line {
  const terms: string[] = [];
  const done: string[] = [];
  let term = "";
  let depth = 0;
  let isInValue = false;
  let isQuoted = false;
  let hasOr = false;
  const end = (): void => {
    if (term.trim() !== "") terms.push(term.trim());
    done.push(term);
    term = "";
  };
  const isAtWord = (at: number, word: string): boolean => {
    const next = line[at + word.length];
    return line.startsWith(word, at) && (next === undefined || isSpace(next) || next === "(");
  };
  for (let at = 0; at < line.length; at += 1) {
    const c = line[at] ?? "";
    if (isQuoted) {
      term += c;
      if (c === '"' && line[at + 1] === '"') term += line[(at += 1)];
      else if (c === '"') isQuoted = false;
      continue;
    }
    if (isSpace(c)) {
      term += c;
      if (isInValue && depth === 0) end();
      isInValue = false;
      continue;
    }
    if (c === ")" && depth > 0) {
      term += c;
      depth -= 1;
      isInValue = false;
      if (depth === 0) end();
      continue;
    }
    if (!isInValue) {
      const word = ["OR", "NOT"].find((one) => isAtWord(at, one));
      if (word !== undefined) {
        hasOr ||= word === "OR" && depth === 0;
        term += word;
        at += word.length - 1;
        continue;
      }
      if (c === "-" && line[at + 1] !== undefined && !isSpace(line[at + 1])) {
        term += c;
        continue;
      }
      if (c === "(" && depth < nestingMax) {
        term += c;
        depth += 1;
        continue;
      }
      isInValue = true;
    }
    if (c === '"') isQuoted = true;
    term += c === ")" ? '")"' : c; // in brackets it would close them
  }
  term += (isQuoted ? '"' : "") + ")".repeat(depth);
  const isDangling = !isInValue && depth === 0 && term.trim() !== "";
  end();
  return { terms, isWhole: hasOr || isDangling, text: done.join("").trim() };
}

// "label:todo", "from:\"a b\"@example.org"
export function termOf(tag: string, value: string): string {
  return `${tag}:${/[\s"()]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value}`;
}

const sameTag: Record<string, string> = { f: "from", l: "label", start: "since", after: "since", end: "until" };

// Tag and value of what is spelled in several ways; null: it has no tag.
function taken(term: string): { tag: string; value: string } | null {
  const [, tag, spelled = ""] = /^([^\s":()-][^\s":()]*):(.*)$/s.exec(term) ?? [];
  if (tag === undefined) return null;
  let value = "";
  let isQuoted = false;
  for (let at = 0; at < spelled.length; at += 1) {
    const c = spelled[at] ?? "";
    if (c !== '"') value += c;
    else if (isQuoted && spelled[at + 1] === '"') value += spelled[(at += 1)];
    else isQuoted = !isQuoted;
  }
  const name = tag.toLowerCase();
  return { tag: sameTag[name] ?? name, value: value.toLowerCase() };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [taken(one), taken(other)];
  return a !== null && b !== null ? a.tag === b.tag && a.value === b.value : one === other;
}

// The terms that all that is found obeys.
const termsOf = (line: string): string[] => {
  const { terms, isWhole } = read(line);
  return isWhole ? [] : terms;
};

export const hasTerms = (line: string, terms: readonly string[]): boolean => terms.every((one) => termsOf(line).some((other) => isSame(one, other)));

export function withTerms(line: string, terms: readonly string[]): string {
  const { isWhole, text } = read(line);
  const before = isWhole ? [`(${text})`] : read(line).terms;
  return [...before, ...terms.filter((one) => !hasTerms(line, [one]))].join(" ");
}

export const withoutTerms = (line: string, terms: readonly string[]): string =>
  hasTerms(line, terms) ? termsOf(line).filter((one) => !terms.some((other) => isSame(one, other))).join(" ") : line;

// What the terms with this tag ask for: label:todo, l:"todo".
export function valuesOf(line: string, tag: string): string[] {
  const values = termsOf(line).map(taken).filter((one) => one !== null && one.tag === tag);
  return [...new Set(values.map((one) => one?.value ?? ""))].filter((value) => value !== "");
}
