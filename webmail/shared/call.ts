// Calls of the API: a typed question, a checked answer, and why it was refused in words for people.
import { type Methods, parseAnswer, parseRefusal, writeQuestion } from "./api.ts";
import { keep, kept } from "./kept.ts";

export class CallError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "CallError";
  }
}

export type Call = <M extends keyof Methods>(
  method: M,
  question: Methods[M]["question"],
) => Promise<Methods[M]["answer"]>;

// Other tabs and a reload go on with it; the cookie beside it cannot be read by scripts.
let token = kept("csrf", "");
export function csrf(): string {
  return token;
}
export function setCsrf(value: string): void {
  token = value;
  keep("csrf", value === "" ? null : value);
}

// Unless another tab has signed in since.
export function forgetCsrf(): void {
  if (kept("csrf", "") === token) setCsrf("");
}

const openMethods: ReadonlySet<keyof Methods> = new Set<keyof Methods>([
  "session.prepare",
  "session.sign_in",
  "session.sign_in_by_link",
]);

function headersFor(method: keyof Methods): Record<string, string> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (!openMethods.has(method)) headers["X-CSRF"] = token;
  return headers;
}

async function refused(response: Response): Promise<CallError> {
  try {
    const why = parseRefusal(await response.json());
    return new CallError(why.code, why.message, response.status);
  } catch {
    return new CallError("http", `The server answered ${response.status}`, response.status);
  }
}

// The server's own limit is a minute. What waits for its turn goes on when a connection has died without a word.
const lateMs = 90_000;

export function isSignedOut(error: unknown): boolean {
  return error instanceof CallError && (error.status === 401 || error.status === 403);
}

export function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// `signedOut` is told when a method of a session finds that there is none any more.
export function makeCall(signedOut: () => void): Call {
  return async (method, question) => {
    let response: Response;
    try {
      response = await fetch(`/api/${method}`, {
        method: "POST",
        headers: headersFor(method),
        body: JSON.stringify(writeQuestion[method](question)),
        cache: "no-store",
        signal: AbortSignal.timeout(lateMs),
      });
    } catch {
      throw new CallError("network", "The server cannot be reached", 0);
    }
    if (!response.ok) {
      const error = await refused(response);
      if (isSignedOut(error) && !openMethods.has(method)) signedOut();
      throw error;
    }
    return parseAnswer[method](await response.json());
  };
}
