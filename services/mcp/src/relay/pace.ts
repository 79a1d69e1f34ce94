import { everybody, type Presence } from '@aegis/kit/turns';

/** What takes less of the event loop than this at once, nobody waits for. */
const LIGHT_MS = 8;
/** Others have so many times as much of it. */
const OTHERS = 20;
const LONGEST_REST_MS = 10_000;

/** Told what one connection just took of the processor, says how long it has to rest; both in milliseconds. */
export type Pace = (workedMs: number) => number;

/** The pace of one connection: what it may ask for is not bounded by what it sends, so that what it took is measured. */
export function createPace(presence: Presence = everybody): Pace {
  const connection = {};
  return (workedMs) => {
    presence.saw(connection);
    if (workedMs < LIGHT_MS || !presence.isShared) return 0;
    return Math.min(workedMs * OTHERS, LONGEST_REST_MS);
  };
}
