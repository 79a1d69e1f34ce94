/** Since when nobody has answered for each run of the firewall that was asked. Times are in milliseconds of one clock. */
export type Silence = {
  /** It lives, or may live: its silence begins anew. */
  broken(instance: string): void;
  /** Nobody listens. True where that is so for the whole grace, without a break. */
  goesOn(instance: string, nowMs: number): boolean;
  /** Forgets all but these. */
  keepOnly(instances: readonly string[]): void;
  /** The bus was away: nobody was heard, and that says nothing of them. */
  reset(): void;
};

export function createSilence(graceMs: number): Silence {
  const since = new Map<string, number>();
  return {
    broken: (instance) => void since.delete(instance),
    goesOn(instance, nowMs) {
      const sinceMs = since.get(instance) ?? nowMs;
      since.set(instance, sinceMs);
      return nowMs - sinceMs >= graceMs;
    },
    keepOnly(instances) {
      const kept = new Set(instances);
      for (const instance of since.keys()) if (!kept.has(instance)) since.delete(instance);
    },
    reset: () => since.clear(),
  };
}
