// Answers of mail.read that are kept: those that were shown last, and that of one message before it is wanted. Messages
// do not change, so what is kept is right for as long as its message is there.
import type { ShownMessage } from "../shared/api.ts";
import type { RowKey } from "./row-key.ts";

export interface ReadAhead {
  kept(row: RowKey): ShownMessage | undefined;
  // To be shown: waits for what was asked ahead, if that is it.
  read(row: RowKey): Promise<ShownMessage>;
  // Ahead of being wanted; not when another one is on its way, or when this one could not be had before.
  ask(row: RowKey): void;
  keepOnly(isThere: (row: RowKey) => boolean): void;
}

const keptMax = 5;
// Of their texts together: one has at most some two million.
const charactersMax = 2_000_000;

export function makeReadAhead(read: (row: RowKey) => Promise<ShownMessage>, ended: () => void): ReadAhead {
  // The one that was used last is the last.
  const kept = new Map<RowKey, ShownMessage>();
  let flying: { row: RowKey; answer: Promise<ShownMessage> } | null = null;
  let failed: RowKey | null = null;

  const characters = (): number => [...kept.values()].reduce((sum, one) => sum + one.text.length, 0);
  const keep = (row: RowKey, answer: ShownMessage): ShownMessage => {
    kept.delete(row);
    kept.set(row, answer);
    for (const oldest of kept.keys()) {
      if (oldest === row || (kept.size <= keptMax && characters() <= charactersMax)) break;
      kept.delete(oldest);
    }
    return answer;
  };
  const readNow = async (row: RowKey): Promise<ShownMessage> => keep(row, await read(row));

  return {
    kept(row) {
      const answer = kept.get(row);
      return answer && keep(row, answer);
    },
    read: (row) => (flying?.row === row ? flying.answer.catch(() => readNow(row)) : readNow(row)),
    ask(row) {
      if (flying || kept.has(row) || row === failed) return;
      const answer = readNow(row);
      flying = { row, answer };
      void answer
        .then(
          () => (failed = null),
          () => (failed = row),
        )
        .finally(() => {
          flying = null;
          ended();
        });
    },
    keepOnly(isThere) {
      for (const row of kept.keys()) if (!isThere(row)) kept.delete(row);
    },
  };
}
