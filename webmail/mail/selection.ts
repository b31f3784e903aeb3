// Which rows are selected, and where the focus is. Rows are UIDs, so that what arrives above moves nothing.

export interface Selection {
  focus: number | null;
  // Where a range began.
  anchor: number | null;
  chosen: Set<number>;
  // All that the view has, also what is not loaded.
  isAll: boolean;
  // But these.
  except: Set<number>;
}

export type How = "only" | "toggle" | "range" | "focus";

type Places = readonly (number | undefined)[];

export function emptySelection(): Selection {
  return { focus: null, anchor: null, chosen: new Set(), isAll: false, except: new Set() };
}

export function choose(selection: Selection, places: Places, uid: number, how: How): void {
  selection.focus = uid;
  if (how === "focus") return;
  if (selection.isAll && how === "toggle") {
    if (!selection.except.delete(uid)) selection.except.add(uid);
    return;
  }
  selection.isAll = false;
  if (how === "range") {
    const from = selection.anchor === null ? -1 : places.indexOf(selection.anchor);
    const to = places.indexOf(uid);
    if (from < 0) return choose(selection, places, uid, "only");
    const range = places.slice(Math.min(from, to), Math.max(from, to) + 1);
    selection.chosen = new Set(range.filter((one) => one !== undefined));
    return;
  }
  selection.anchor = uid;
  if (how === "only") selection.chosen = new Set([uid]);
  else if (!selection.chosen.delete(uid)) selection.chosen.add(uid);
}

// The row that is looked at when `gone` are taken away: the next one, or at the end the one before.
export function neighbour(places: Places, gone: ReadonlySet<number>): number | null {
  let last = -1;
  places.forEach((uid, at) => {
    if (uid !== undefined && gone.has(uid)) last = at;
  });
  const isLeft = (uid: number | undefined): uid is number => uid !== undefined && !gone.has(uid);
  return places.slice(last + 1).find(isLeft) ?? places.slice(0, Math.max(last, 0)).reverse().find(isLeft) ?? null;
}

// Leaves out what is no longer there. Rows that are not loaded cannot be selected.
export function prune(selection: Selection, has: (uid: number) => boolean): void {
  for (const uid of selection.chosen) if (!has(uid)) selection.chosen.delete(uid);
  if (selection.focus !== null && !has(selection.focus)) selection.focus = null;
  if (selection.anchor !== null && !has(selection.anchor)) selection.anchor = null;
}
