import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createIntake } from './intake.ts';
import { createTurns } from './turns.ts';

function failed(error: unknown): never {
  throw error;
}

/** A stream whose lines are noted as they are read; `pass` is what one takes. */
function stream(
  turns: ReturnType<typeof createTurns>,
  name: string,
  read: string[],
  pass = (): unknown => undefined,
) {
  const reader = {
    take(bytes: Buffer): void {
      pass();
      read.push(`${name}${bytes.toString().trim()}`);
    },
    end: () => undefined,
    room: () => undefined,
    keptBytes: () => 0,
  };
  let taken = 0;
  const intake = createIntake({ reader, turns, pace: () => 0, taken: (bytes) => (taken += bytes), failed });
  return { intake, taken: () => taken };
}
const lines = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${i}\n`).join(''));

test('who says much is read a line at a time, and others in between', async () => {
  const read: string[] = [];
  const turns = createTurns(() => 0);
  const [much, little] = [stream(turns, 'm', read), stream(turns, 'l', read)];
  much.intake.push(lines(1_000));
  expect(read).toEqual(Array.from({ length: 32 }, (_, i) => `m${i}`));
  little.intake.push(lines(3));
  while (read.length < 1_003) await turn();
  expect(read.slice(32, 40)).toEqual(['m32', 'l0', 'm33', 'l1', 'm34', 'l2', 'm35', 'm36']);
  expect(read.filter((one) => one.startsWith('m'))).toEqual(Array.from({ length: 1_000 }, (_, i) => `m${i}`));
  expect([much.taken(), little.taken()]).toEqual([lines(1_000).length, lines(3).length]);
});

test('a line that takes long is the only one of its turn', async () => {
  const read: string[] = [];
  let now = 0;
  const { intake } = stream(
    createTurns(() => now),
    '',
    read,
    () => (now += 5),
  );
  intake.push(lines(3));
  expect(read).toEqual(['0']);
  while (read.length < 3) await turn();
  expect(read).toEqual(['0', '1', '2']);
});

test('the end comes after all lines, and what is stopped is read no further', async () => {
  const read: string[] = [];
  const turns = createTurns(() => 0);
  const [one, other] = [stream(turns, 'a', read), stream(turns, 'b', read)];
  one.intake.push(lines(100));
  one.intake.end(() => read.push('end'));
  other.intake.push(lines(100));
  other.intake.stop();
  while (!read.includes('end')) await turn();
  expect(read.at(-1)).toBe('end');
  expect(read).toHaveLength(101);
});
