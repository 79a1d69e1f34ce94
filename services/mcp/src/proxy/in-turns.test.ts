import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readInTurns } from './in-turns.ts';

/** Two turns of the event loop: what is counted in one may have begun in the one before. */
const MOST_A_TURN = 2 * 32;

it('what comes at once is read a little in each turn of the event loop, whole and in order', async () => {
  const said = Buffer.from(Array.from({ length: 262_144 }, (_, at) => at % 251));
  const read: Buffer[] = [];
  const seen = [0];
  let isOver = false;
  const look = (): void => {
    seen.push(read.length);
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await readInTurns(Readable.from([said.subarray(0, 200_000), said.subarray(200_000)]), (piece) => {
    read.push(piece);
    return {};
  });
  isOver = true;
  expect(Buffer.concat(read).equals(said)).toBe(true);
  expect(read.length).toBeGreaterThan(4 * MOST_A_TURN);
  const steps = seen.slice(1).map((count, at) => count - (seen[at] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(MOST_A_TURN);
});

it('nothing is read while there is no room, nor after the last that was looked for', async () => {
  const { promise: room, resolve } = Promise.withResolvers<void>();
  let pieces = 0;
  const reading = readInTurns(Readable.from([Buffer.alloc(8_192)]), () => {
    pieces++;
    return pieces === 2 ? { room } : { isLast: pieces === 4 };
  });
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  expect(pieces).toBe(2);
  resolve();
  await reading;
  expect(pieces).toBe(4);
});

it('what a reader throws ends it', async () => {
  const reading = readInTurns(Readable.from([Buffer.alloc(2_048)]), () => {
    throw new RangeError('too large');
  });
  await expect(reading).rejects.toThrow('too large');
});
