/** Since when nobody has answered for each run of the firewall that was asked. Times are in milliseconds of one clock. */
export function createSilence(graceMs: number) {
  const since = new Map<string, number>();
  return {
    /** It lives, or may live: its silence begins anew. */
    broken: (instance: string): void => void since.delete(instance),
    /** Nobody listens. True where that is so for the whole grace, without a break. */
    goesOn(instance: string, nowMs: number): boolean {
      const sinceMs = since.get(instance) ?? nowMs;
      since.set(instance, sinceMs);
      return nowMs - sinceMs >= graceMs;
    },
    /** Forgets all but these. */
    keepOnly(instances: readonly string[]): void {
      const kept = new Set(instances);
      for (const instance of since.keys()) if (!kept.has(instance)) since.delete(instance);
    },
    /** The bus was away: nobody was heard, and that says nothing of them. */
    reset: (): void => since.clear(),
  };
}
