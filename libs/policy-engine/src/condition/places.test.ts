import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathWithin } from './places.ts';

const within = pathWithin(['/srv']);
const MEANT = { '/srv/a': 'holds', '/etc': 'fails', '/srv/%2e%2e/x': 'unknown', 'a.txt': 'unknown' } as const;

function times<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value);
}

describe('a list of paths', () => {
  it('holds where each is within, fails where none is, and is unknown in between', () => {
    const paths = fc.array(fc.constantFrom(...(Object.keys(MEANT) as (keyof typeof MEANT)[])), {
      minLength: 1,
    });
    fc.assert(
      fc.property(paths, (list) => {
        const truths = list.map((path) => MEANT[path]);
        const [first = 'unknown'] = truths;
        expect(within.test(list)).toBe(truths.every((truth) => truth === first) ? first : 'unknown');
      }),
    );
  });

  it('may have a thousand paths as long as paths are', () => {
    const path = `/srv/${'folder/'.repeat(7)}file.txt`;
    expect(within.test(times(path, 1000))).toBe('holds');
    expect(within.test(times(path, 1001))).toBe('unknown');
    expect(within.test([...times(path, 1000), '/etc'])).toBe('unknown');
    expect(within.test(times('/etc', 1000))).toBe('fails');
  });

  it.each([
    ['encoded in every way', times('/srv/%25252561\\A\uFF05%2541\\\u2044%252525252e%2e%41%41', 1000)],
    ['encoded often', times('/srv/\\%2525252561', 1000)],
    ['of letters that become eighteen', times(`/srv/${'\uFDFA'.repeat(1500)}`, 1000)],
    ['long', times(`/srv/${'a'.repeat(4000)}`, 1000)],
  ])('is not read to its end where its paths are %s', (_how, list) => {
    expect(within.test(list)).toBe('unknown');
    expect(within.describe(list, 'unknown', String)).toContain('too much to read');
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['a hole', Object.assign(times('/srv/a', 1), { length: 2 })],
    ['a list', ['/srv/a', ['/srv/b']]],
    ['a number', ['/etc', 5]],
    ['text that is an object', [Object('/srv/a')]],
  ])('is unknown where it holds %s', (_what, list) => {
    expect(within.test(list)).toBe('unknown');
  });
});

describe('a path that other readers take for more than one', () => {
  it.each([
    '/srv/a,/etc/passwd',
    '/srv/a:/etc/passwd',
    '/srv/a; ~/x',
    '/srv/a /etc/passwd',
    '/srv/a>/etc/passwd',
    '/srv/a|/bin/sh',
    '/srv/a,file:///etc/passwd',
    'file:///srv/a,/etc/passwd',
    '/srv/a,C:\\x',
  ])('is neither within nor not: %j', (path) => {
    expect([within.test(path), pathWithin(['/etc']).test(path)]).toEqual(['unknown', 'unknown']);
  });

  it.each(['/srv/a,b/c d:e/f;g', '/srv/a, b', 'file:///srv/a', '/srv/a b (1).txt'])(
    'is one where it only has such characters in its names: %j',
    (path) => expect(within.test(path)).toBe('holds'),
  );
});
