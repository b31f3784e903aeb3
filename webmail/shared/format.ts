// Dates, sizes and addresses as people read them.
import type { ShownAddress } from "./api.ts";

const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const wholeDate = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

// Of today the time, of this year the day, of others the date.
export function shortDate(ms: number, now: Date): string {
  const date = new Date(ms);
  if (date.toDateString() === now.toDateString()) return timeOfDay.format(date);
  if (date.getFullYear() === now.getFullYear()) return dayOfYear.format(date);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function longDate(ms: number): string {
  return wholeDate.format(new Date(ms));
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

export function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

// "Ada" or "ada@localhost": for a row, where there is little space.
export function shortAddress(address: ShownAddress): string {
  return address.name !== "" ? address.name : address.address;
}

export function shortAddresses(addresses: readonly ShownAddress[]): string {
  return addresses.map(shortAddress).join(", ");
}

// The address is always there: a name can say anything.
export function longAddress(address: ShownAddress): string {
  if (address.name === "") return address.address;
  return address.address === "" ? `${address.name}:` : `${address.name} <${address.address}>`;
}
