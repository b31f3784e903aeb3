// What this browser keeps between visits. A browser that refuses to keep anything is served all the same.

export function kept(name: string, otherwise: string): string {
  try {
    return localStorage.getItem(`stagecoach.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`stagecoach.${name}`);
    else localStorage.setItem(`stagecoach.${name}`, value);
  } catch {
    // Private windows: the value holds until the page is closed.
  }
}

export function keptNumber(name: string, otherwise: number): number {
  const value = Number(kept(name, ""));
  return Number.isFinite(value) && value > 0 ? value : otherwise;
}
