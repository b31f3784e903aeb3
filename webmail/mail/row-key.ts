// A message where it is, as one number: a list may have rows of several mailboxes.
declare const ofRow: unique symbol;
export type RowKey = number & { readonly [ofRow]: true };

const uids = 2 ** 32;

// Exact for the first two million mailboxes of an account.
export const keyOf = (mailbox: number, uid: number): RowKey => (mailbox * uids + uid) as RowKey;
export const mailboxOf = (key: RowKey): number => Math.floor(key / uids);
export const uidOf = (key: RowKey): number => key % uids;

export function byMailbox(keys: Iterable<RowKey>): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const key of keys) {
    const uidsThere = all.get(mailboxOf(key));
    if (uidsThere) uidsThere.push(uidOf(key));
    else all.set(mailboxOf(key), [uidOf(key)]);
  }
  return all;
}
