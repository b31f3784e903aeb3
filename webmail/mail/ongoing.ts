// Actions that last: their progress is shown, and what is left of them can be cancelled. An action may be several requests, one
// for each mailbox; each has a name by which the server tells of it, and all are one toast.
import type { ActionProgress } from "../shared/api.ts";
import { type Call, CallError, why } from "../shared/call.ts";
import type { Progress, Toast } from "../shared/toast.ts";

export interface Run {
  // The name of another request of this action.
  begin(): string;
  // That request has been answered.
  answered(op: string): void;
  isCancelled(): boolean;
  // All of it.
  end(): void;
}

export interface Ongoing {
  // `doing`: "Moving to Archive"; `total`: messages, as far as is known.
  start(doing: string, total: number): Run;
  heard(event: ActionProgress): void;
}

// What is done within a moment needs no words.
const momentMs = 300;

// Other tabs of the session hear of the same stream.
const newOp = (): string => crypto.getRandomValues(new Uint32Array(2)).join("-");

export function makeOngoing(call: Call, toast: Toast): Ongoing {
  const told = new Map<string, (event: ActionProgress) => void>();

  const start = (doing: string, total: number): Run => {
    const shares = new Map<string, { done: number; total: number }>();
    const running = new Set<string>();
    let shown: Progress | null = null;
    let isCancelled = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const began = Date.now();

    const sum = (of: "done" | "total"): number => [...shares.values()].reduce((all, one) => all + one[of], 0);
    const show = (): void => {
      shown ??= toast.progress(`${doing} …`, cancel);
      shown.at(sum("done"), Math.max(total, sum("total")));
    };
    const cancel = (): void => {
      isCancelled = true;
      // Not in turn: what is to be cancelled has it. One that has ended meanwhile is not found.
      for (const op of running)
        call("action.cancel", { op }).catch((error: unknown) => {
          if (!(error instanceof CallError && error.status === 404)) toast.fail(`Not cancelled: ${why(error)}`);
        });
    };
    const take = (event: ActionProgress): void => {
      shares.set(event.op, event);
      if (shown || Date.now() - began >= momentMs) return show();
      timer ??= setTimeout(show, momentMs - (Date.now() - began));
    };

    return {
      begin() {
        const op = newOp();
        running.add(op);
        told.set(op, take);
        return op;
      },
      answered(op) {
        running.delete(op);
        told.delete(op);
        const share = shares.get(op);
        if (share) shares.set(op, { ...share, done: share.total });
        if (shown) show();
      },
      isCancelled: () => isCancelled,
      end() {
        clearTimeout(timer);
        for (const op of running) told.delete(op);
        shown?.end();
      },
    };
  };

  return { start, heard: (event) => told.get(event.op)?.(event) };
}
