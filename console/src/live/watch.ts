/** A connection that is back at once is nothing to tell of. */
const PATIENCE_MS = 1500;
/** How often the server is asked while it does not tell by itself. */
export const LOOK_MS = 10_000;

export type WatchOptions = {
  /** Whether somebody looks, or is to be alerted: else nothing is asked. */
  isWanted: () => boolean;
  /** Asks what has changed. */
  look: () => void;
  /** Told when people should know that the page is not live, and when it is again. */
  onLost: (isLost: boolean) => void;
};

/**
 * Stands in for the live stream while it is lost or refused: looks at once, then from time to time, and once more when it is
 * back.
 */
export function createWatch({ isWanted, look, onLost }: WatchOptions) {
  let patience: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;

  const lookIfWanted = (): void => {
    if (isWanted()) look();
  };
  const rest = (): void => {
    clearTimeout(patience);
    clearInterval(looking);
    patience = undefined;
    looking = undefined;
    onLost(false);
  };
  return {
    down(): void {
      patience ??= setTimeout(() => {
        onLost(true);
        lookIfWanted();
      }, PATIENCE_MS);
      looking ??= setInterval(lookIfWanted, LOOK_MS);
    },
    up(): void {
      const wasDown = looking !== undefined;
      rest();
      if (wasDown) look();
    },
    /** Nobody follows any more. */
    stop: rest,
  };
}
