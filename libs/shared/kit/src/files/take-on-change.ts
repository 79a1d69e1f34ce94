import { createMutex } from '../mutex.ts';
import { type PathWatch, watchPath } from './watch-path.ts';

const AGAIN_AFTER_MS = 1_000;

export type Taking = ReturnType<typeof takeOnChange>;

/**
 * Takes what stands at a path whenever that changes, once at a time: an older reading must not overtake a newer one. Where
 * `take` throws it is tried again a second later; `failed` is told where nobody else is.
 */
export function takeOnChange(path: string, take: () => Promise<void>, failed: (error: unknown) => void) {
  const inTurn = createMutex();
  let watcher: PathWatch | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  const takeOnce = async (): Promise<void> => {
    if (stopped) return;
    clearTimeout(again);
    watcher?.know();
    try {
      await take();
    } catch (error) {
      if (!stopped) again = setTimeout(noticed, AGAIN_AFTER_MS).unref();
      throw error;
    }
  };
  const now = (): Promise<void> => inTurn(takeOnce);
  const noticed = (): void => void now().catch(failed);
  const stop = (): void => {
    stopped = true;
    clearTimeout(again);
    watcher?.stop();
  };
  return {
    /** Takes the file as it stands, from then on whenever it changed. @throws what `take` throws; then nothing is watched */
    async start(): Promise<void> {
      // Watched first: what changes while it is taken is taken again.
      watcher = watchPath(path, noticed);
      try {
        await now();
      } catch (error) {
        stop();
        throw error;
      }
    },
    /** Takes it now, for whoever has just changed it. @throws what `take` throws */
    now,
    stop,
  };
}
