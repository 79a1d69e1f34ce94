/** Who was here so long ago is not about any more, in milliseconds. */
const ABOUT_MS = 1_000;
/** Who was seen so shortly ago is not looked at again: a busy caller asks thousands of times a second. */
const AGAIN_MS = 50;

/** Who is about: callers that were seen lately. */
export type Presence = ReturnType<typeof createPresence>;

export function createPresence(nowMs: () => number = Date.now) {
  const seen = new Map<unknown, number>();
  const forget = (): void => {
    const since = nowMs() - ABOUT_MS;
    for (const [caller, atMs] of seen) {
      if (atMs >= since) break;
      seen.delete(caller);
    }
  };
  return {
    saw(caller: unknown): void {
      const atMs = nowMs();
      const lastMs = seen.get(caller);
      if (lastMs !== undefined && atMs - lastMs < AGAIN_MS) return;
      // Behind the others, so that the oldest stand first.
      if (lastMs === undefined) forget();
      else seen.delete(caller);
      seen.set(caller, atMs);
    },
    /** Whether more than one is about. */
    get isShared(): boolean {
      forget();
      return seen.size > 1;
    },
  };
}

/** All who are about on this event loop, at whichever door. */
export const everybody: Presence = createPresence();
