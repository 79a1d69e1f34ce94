const JITTER = 0.2;

/**
 * How long to wait after a failed attempt, in milliseconds; undefined after the last one. A little more or less each time,
 * so that those who failed together don't come together again.
 *
 * @param attempt from 1
 * @param askedForMs how long the receiver asks to be left alone
 * @param random from 0 to 1
 */
export function nextWaitMs(
  waitsMs: readonly number[],
  attempt: number,
  askedForMs = 0,
  random: number = Math.random(),
): number | undefined {
  const wait = waitsMs[attempt - 1];
  if (wait === undefined) return undefined;
  return Math.round(Math.max(wait * (1 + JITTER * (2 * random - 1)), askedForMs));
}
