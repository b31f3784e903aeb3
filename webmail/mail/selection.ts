// Which rows are selected, and where the focus is. A row is named by its message, so that what arrives above moves nothing.
import type { RowKey } from "./row-key.ts";

export interface Selection {
  focus: RowKey | null;
  // Where a range began.
  anchor: RowKey | null;
  chosen: Set<RowKey>;
  // All that the view has, also what is not loaded.
  isAll: boolean;
  // But these.
  except: Set<RowKey>;
}

export type How = "only" | "toggle" | "range" | "focus";

type Places = readonly (RowKey | undefined)[];

export function emptySelection(): Selection {
  return { focus: null, anchor: null, chosen: new Set(), isAll: false, except: new Set() };
}

export function choose(selection: Selection, places: Places, row: RowKey, how: How): void {
  selection.focus = row;
  if (how === "focus") return;
  if (selection.isAll && how === "toggle") {
    if (!selection.except.delete(row)) selection.except.add(row);
    return;
  }
  selection.isAll = false;
  if (how === "range") {
    const from = selection.anchor === null ? -1 : places.indexOf(selection.anchor);
    const to = places.indexOf(row);
    if (from < 0) return choose(selection, places, row, "only");
    const range = places.slice(Math.min(from, to), Math.max(from, to) + 1);
    selection.chosen = new Set(range.filter((one) => one !== undefined));
    return;
  }
  selection.anchor = row;
  if (how === "only") selection.chosen = new Set([row]);
  else if (!selection.chosen.delete(row)) selection.chosen.add(row);
}

// The row that is looked at when `gone` are taken away: the next one, or at the end the one before.
export function neighbour(places: Places, gone: ReadonlySet<RowKey>): RowKey | null {
  let last = -1;
  places.forEach((row, at) => {
    if (row !== undefined && gone.has(row)) last = at;
  });
  const isLeft = (row: RowKey | undefined): row is RowKey => row !== undefined && !gone.has(row);
  return places.slice(last + 1).find(isLeft) ?? places.slice(0, Math.max(last, 0)).reverse().find(isLeft) ?? null;
}

// Leaves out what is no longer there. Rows that are not loaded cannot be selected.
export function prune(selection: Selection, has: (row: RowKey) => boolean): void {
  for (const row of selection.chosen) if (!has(row)) selection.chosen.delete(row);
  if (selection.focus !== null && !has(selection.focus)) selection.focus = null;
  if (selection.anchor !== null && !has(selection.anchor)) selection.anchor = null;
}
