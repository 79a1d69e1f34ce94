/** How long a decision has to be on the screen before a key or a click counts, in milliseconds. */
export const GUARD_MS = 500;

export type Guard = {
  /** What is to be decided, as it is shown now: another one starts the time anew. */
  show(what: string): void;
  /** Starts the time anew, whatever is shown. */
  restart(): void;
  isReady(): boolean;
  /** Whether it was ready already at that time, for what is shown now. */
  wasReady(at: number): boolean;
  stop(): void;
};

/**
 * Keeps a key that was meant for something else, and a click where something else has just been, from deciding. `onChange`
 * is told when it becomes ready and when it no longer is.
 */
export function createGuard(onChange: (ready: boolean) => void, now: () => number): Guard {
  let shown: string | undefined;
  let since = Number.POSITIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wasReady = (at: number): boolean => at - since >= GUARD_MS;
  const restart = (): void => {
    since = now();
    clearTimeout(timer);
    timer = setTimeout(() => onChange(true), GUARD_MS);
    onChange(false);
  };
  return {
    show(what) {
      if (what === shown) return;
      shown = what;
      restart();
    },
    restart,
    isReady: () => wasReady(now()),
    wasReady,
    stop: () => clearTimeout(timer),
  };
}
