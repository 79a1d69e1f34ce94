import type { Bus } from '@aegis/bus';
import type { Recorder } from './recorder.ts';

const LOOK_MS = 1_000;
/** A file that lacks, this long after, what was stored before, is behind. */
const MAY_LAG_MS = 5_000;

export type Lag = { isBehind(): boolean; stop(): void };

/** Looks every second whether the file keeps up with the log. While the bus is away nobody can tell. */
export function watchLag(recorder: Pick<Recorder, 'caughtUp'>, bus: Pick<Bus, 'isUp'>): Lag {
  let behind = false;
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking || !bus.isUp()) return;
    looking = true;
    const caughtUp = await recorder.caughtUp(Date.now() + MAY_LAG_MS);
    behind = !caughtUp && bus.isUp();
    looking = false;
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return { isBehind: () => behind, stop: () => clearInterval(timer) };
}
