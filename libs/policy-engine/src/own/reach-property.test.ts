import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWithin } from '../path/within.ts';
import { ROOT, readingsOf, spelled } from '../testing/spelled-paths.ts';
import { compileOwn } from './scan.ts';

const own = compileOwn({
  paths: [{ path: ROOT, what: 'the data directory' }],
  addresses: [],
  hosts: [],
  variables: {},
  bases: [],
});
const within = createWithin([ROOT]);

describe('what path_within says is inside', () => {
  it('is reached, and so is what one reader takes to be inside', () => {
    const counted = { inside: 0, forOne: 0 };
    fc.assert(
      fc.property(spelled, (path) => {
        const answer = within(path);
        const isInside = answer.known && answer.within;
        const isForOne = !answer.known && readingsOf(path).includes(true);
        if (isInside) counted.inside++;
        if (isForOne) counted.forOne++;
        if (isInside || isForOne) expect([path, own({ path })?.certain]).toEqual([path, true]);
      }),
      { numRuns: 10_000 },
    );
    expect(counted.inside).toBeGreaterThan(100);
    expect(counted.forOne).toBeGreaterThan(100);
  });

  it('is reached in the middle of a command as well', () => {
    fc.assert(
      fc.property(spelled, (path) => {
        const answer = within(path);
        if (answer.known && answer.within) expect(own({ x: `cat '${path}'` })?.certain).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
