import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBelow, ROOT, readingsOf, spelled } from '../testing/spelled-paths.ts';
import { createWithin } from './within.ts';

const within = createWithin([ROOT]);

type Answer = 'within' | 'outside' | 'unknown';

function answerOf(path: string): Answer {
  const answer = within(path);
  if (!answer.known) return 'unknown';
  return answer.within ? 'within' : 'outside';
}

describe('a path', () => {
  it('is never within in a spelling that leads out once it is decoded and resolved', () => {
    let counted = 0;
    fc.assert(
      fc.property(spelled, (path) => {
        const answer = answerOf(path);
        if (answer === 'within') counted++;
        if (answer === 'within') expect(readingsOf(path)).not.toContain(false);
        if (answer === 'outside') expect(readingsOf(path)).not.toContain(true);
      }),
      { numRuns: 10_000 },
    );
    expect(counted).toBeGreaterThan(100);
  });

  it('that is written plainly is where node:path says', () => {
    const names = fc.array(fc.constantFrom('..', '.', '', 'a', 'srv', 'data', 'data.txt'), { maxLength: 7 });
    fc.assert(
      fc.property(names, (parts) => {
        const path = `/${parts.join('/')}`;
        expect(answerOf(path)).toBe(isBelow(path) ? 'within' : 'outside');
      }),
      { numRuns: 3000 },
    );
  });

  it.each<[string, Answer]>([
    ['/srv/data/%61%62', 'within'],
    ['/srv/d%61ta/x', 'unknown'],
    ['/srv/data/a%2fb/%2e%2e/%2e%2e/x', 'unknown'],
    ['/srv/data/%2e%2e/d%61ta/x', 'unknown'],
    ['/srv/data/%EF%BC%8E%EF%BC%8E/x', 'unknown'],
    ['/srv/data/\uFF05\uFF12\uFF45\uFF05\uFF12\uFF45/x', 'unknown'],
    ['/srv/data/\u2025/x', 'unknown'],
    ['/srv/DATA', 'unknown'],
    ['/srv/data \t', 'unknown'],
    ['/srv/data /x', 'unknown'],
    ['/srv/data/x ', 'within'],
    ['/srv/da\u00ADta', 'unknown'],
    ['/srv/data/\uD800', 'unknown'],
    ['/srv/data/a:b', 'within'],
    [`/srv/data/${'a/'.repeat(5000)}`, 'unknown'],
    [`/srv/data/%${'25'.repeat(100)}2e`, 'unknown'],
    ['//srv//data//', 'within'],
    ['/srv/data/..', 'outside'],
    ['/srv/database', 'outside'],
    ['/', 'outside'],
    ['file://%6cocalhost/srv/data', 'unknown'],
    ['file:/srv/data', 'within'],
    ['file:////srv/data', 'within'],
    [' file:///srv/data', 'unknown'],
    ['http://localhost/srv/data', 'unknown'],
  ])('%j is %s', (path, expected) => {
    expect(answerOf(path)).toBe(expected);
  });

  it.each([
    '/s?v/data/x',
    '/[s]rv/data/x',
    '/s*/data',
    '/srv/**/x',
    '/**/x',
    "/s''rv/data/x",
    '/s""rv/data',
    '/s\\rv/data',
    '/$X/srv/data',
    '/s${X}rv/data',
    '/`echo srv`/data',
    '/@(srv)/data',
    '/s+(r)v/data',
    '/!(x)/data',
    '/s{r,x}v/data',
    '/[[:alpha:]]rv/data',
    '/S?V/data',
  ])('is not outside where what is put in its place makes it /srv/data: %j', (path) => {
    expect(answerOf(path)).toBe('unknown');
  });

  it.each([
    ['/srv/data/[id]/a*b', 'within'],
    ['/srv/data/$X', 'within'],
    ['/srv/data/a (1)/b+(2).txt', 'within'],
    ['/srv/other/$X', 'outside'],
    ['/t?p/data', 'outside'],
    ['/srv/d', 'outside'],
    ['/srv/data/@(..)/x', 'unknown'],
    ['/srv/data/+(.)/x', 'unknown'],
    ['/srv/data/.@(.)/x', 'unknown'],
    ['/srv/data/!(a)/x', 'unknown'],
    ['/srv/data/(..)/x', 'unknown'],
    ['/srv/data/.${X}./x', 'unknown'],
    ['/srv/data/.$X./x', 'unknown'],
    ['/srv/data/.$(true)./x', 'unknown'],
    ['/srv/data/.`true`./x', 'unknown'],
  ])('%j with signs of shells and globs is %s', (path, expected) => {
    expect(answerOf(path)).toBe(expected);
  });

  it('is always within the root of all', () => {
    const all = createWithin(['/']);
    expect(all('/etc/passwd')).toEqual({ known: true, within: true });
    expect(all('etc')).toMatchObject({ known: false });
  });

  it('is compared with a root in its own case', () => {
    const users = createWithin(['/Users/Ada']);
    expect(users('/Users/Ada/x')).toEqual({ known: true, within: true });
    expect(users('/users/ada/x')).toMatchObject({ known: false });
    expect(users('/Users/Bob')).toEqual({ known: true, within: false });
  });
});
