import { describe, expect, it } from 'vitest';
import { createPosition } from './position.ts';

const soon = () => Date.now() + 2_000;

describe('the position of a reader', () => {
  it('was reached where it is past the sequence already', async () => {
    const position = createPosition(4);
    expect(await position.reached(4, soon())).toBe(true);
    expect(await position.reached(3, 0)).toBe(true);
  });

  it('tells each who waits once their sequence was applied, and not before', async () => {
    const position = createPosition(0);
    const told: number[] = [];
    const waits = [3, 5, 5].map((seq) => position.reached(seq, soon()).then(() => told.push(seq)));
    position.advance(2);
    await Promise.resolve();
    expect(told).toEqual([]);
    position.advance(4);
    await waits[0];
    expect(told).toEqual([3]);
    position.advance(9);
    await Promise.all(waits);
    expect(told).toEqual([3, 5, 5]);
  });

  it('says no where the deadline comes first, also one that is past', async () => {
    const position = createPosition(0);
    expect(await position.reached(1, Date.now() + 5)).toBe(false);
    expect(await position.reached(1, Date.now() - 1)).toBe(false);
  });

  it('never goes back', async () => {
    const position = createPosition(7);
    position.advance(3);
    expect(position.at()).toBe(7);
  });
});
