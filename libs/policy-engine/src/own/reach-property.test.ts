import { posix } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWithin } from '../path/within.ts';
import { OWN } from '../testing/own.ts';
import { ROOT, readingsOf, spelled } from '../testing/spelled-paths.ts';
import { compileOwn } from './scan.ts';

const OWN_ROOT = '/home/u/.local/state/aegismcp';
const own = compileOwn({
  paths: [{ path: ROOT, what: 'the data directory' }],
  addresses: [],
  hosts: [],
  variables: {},
  bases: [],
});
const within = createWithin([ROOT]);

/** A name that means something else to who folds or expands it; to who resolves the path as it stands it is a name. */
const odd = fc.oneof(
  fc.constantFrom('\u2025', '\uFF0E\uFF0E', '.\u200B', '\u200B', '\u00AD', '\x01', '\u2060.', '\u2025\u2024'),
  fc.constantFrom(
    'a\u2215..',
    'a\uFF0Fb',
    '\u2044',
    '\u2100',
    '\uFDFA',
    'e\u0301',
    '\u0301'.repeat(40),
    ' ',
    '. ',
  ),
  fc.constantFrom(
    '$PWD',
    '$HOME',
    '${HOME}',
    '%USERPROFILE%',
    '$(pwd)',
    '%HOME%',
    '$X',
    '${X}..',
    'a:b',
    '~',
    '~u',
  ),
);
const pair = odd.map((name) => `${name}/..`);
const names = [...OWN_ROOT.split('/').slice(1), 'session-secret'];
const withPairs = fc
  .tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.array(pair, { maxLength: 2 }))))
  .map((all) => all.map(([name, pairs]) => `/${[...pairs, name].join('/')}`).join(''));

describe('a path that a server resolves as it stands', () => {
  it('is reached whatever folds to something else, or holds a variable, before each ..', () => {
    const reach = compileOwn(OWN);
    fc.assert(
      fc.property(withPairs, fc.nat(9), (path, one) => {
        const isLong = one === 0;
        const written = isLong ? path.replace('/.local/', `/${'./'.repeat(2_100)}.local/`) : path;
        expect(posix.resolve(written)).toBe(`${OWN_ROOT}/session-secret`);
        expect([path, reach({ path: written })?.certain]).toEqual([path, !isLong]);
        expect([path, reach({ uri: `file://${written}` })?.certain]).toEqual([path, !isLong]);
      }),
      { numRuns: 500 },
    );
  }, 30_000);
});

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
      { numRuns: 10_000, examples: [['/srv/data%2f../%2e%2e/data/srv']] },
    );
    expect(counted.inside).toBeGreaterThan(100);
    expect(counted.forOne).toBeGreaterThan(100);
  }, 30_000);

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
