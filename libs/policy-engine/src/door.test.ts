import { posix } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy, evaluate } from './mod.ts';
import type { PolicyRule } from './schema.ts';

function decide(rules: PolicyRule[], door: string) {
  return evaluate(compilePolicy({ version: 2, rules }), { tool: 'fs.resources/read', door });
}

const rule = (match: string, decision: PolicyRule['decision']): PolicyRule => ({ match, decision });

const part = fc.constantFrom(
  'etc',
  'srv',
  'ETC',
  'Etc.',
  '..',
  '.',
  '',
  '%2e%2e',
  '%2E.',
  '%65tc',
  '%252e',
  'x',
);
const slash = fc.constantFrom('/', '/', '//', '%2f', '\\', '/./');
const uris = fc
  .tuple(
    fc.constantFrom('file://', 'file:', 'FILE://localhost', 'file://LOCALHOST', 'file:///..'),
    fc.array(fc.tuple(slash, part), { minLength: 1, maxLength: 5 }),
  )
  .map(([scheme, parts]) => scheme + parts.flat().join(''));

/** Where a server on a disk that knows no case opens the file. */
function opened(uri: string): string {
  const path = uri.replace(/^file:(?:\/\/(?:localhost)?(?=[/\\%]))?/i, '');
  return posix.resolve('/', decodeURIComponent(path).replaceAll('\\', '/')).toLowerCase();
}

describe('the door to a file', () => {
  it('is shut by a deny rule in every spelling that leads there', () => {
    const rules = [rule('resource:file:///etc/*', 'deny'), rule('*', 'allow')];
    let counted = 0;
    fc.assert(
      fc.property(uris, (uri) => {
        const leadsThere = /^\/etc(?:\/|$)/.test(opened(uri));
        if (leadsThere) counted++;
        if (leadsThere) expect(decide(rules, `resource:${uri}`).decision).toBe('deny');
      }),
      { numRuns: 10_000 },
    );
    expect(counted).toBeGreaterThan(100);
  });

  it('is opened by an allow rule for the folder that it is in, and for no other', () => {
    const rules = [rule('resource:file:///srv/*', 'allow'), rule('*', 'deny')];
    fc.assert(
      fc.property(uris, (uri) => {
        if (decide(rules, `resource:${uri}`).allowed) expect(opened(uri)).toMatch(/^\/srv\//);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    'resource:file:///etc./passwd',
    'resource:file:///etc.%E2%80%8B/passwd',
    'resource:file:///%E2%80%8Betc%20./passwd',
  ])('is shut where a disk drops what is at the end of a name: %s', (door) => {
    expect(decide([rule('resource:file:///etc/*', 'deny'), rule('*', 'allow')], door).decision).toBe('deny');
  });

  it.each([
    'git+file:///etc/passwd',
    'view-source:file:///etc/passwd',
    'VIEW-SOURCE:FILE:///etc/passwd',
    'a:b:git+file:/etc/passwd',
    'jar:file:///etc/a.jar!/b',
    'view-source:https://example.com/a',
  ])('is shut by a deny rule for what is inside of it: %s', (uri) => {
    const rules = [
      rule('resource:file:///etc/*', 'deny'),
      rule('resource:https://example.com/*', 'deny'),
      rule('*', 'allow'),
    ];
    expect(decide(rules, `resource:${uri}`).decision).toBe('deny');
    const inner = [rule('resource:file:*', 'allow'), rule('resource:https:*', 'allow')];
    expect(decide(inner, `resource:${uri}`).decision).toBe('review');
  });

  it('waits for a person where a review rule names another spelling, and a later rule can only deny', () => {
    const review = rule('resource:file:///srv/private/*', 'review');
    const door = 'resource:file:///srv/PRIVATE/a';
    expect(decide([review, rule('*', 'allow')], door)).toMatchObject({
      decision: 'review',
      rule: { index: 0 },
    });
    expect(decide([review, rule('*', 'deny')], door)).toMatchObject({ decision: 'deny', rule: { index: 1 } });
    expect(decide([rule('*', 'allow'), review], door)).toMatchObject({
      decision: 'allow',
      rule: { index: 0 },
    });
  });

  it('is asked by its arguments, too', () => {
    const when = { not: { 'args.uri': { path_within: '/srv' } } };
    const policy = compilePolicy({
      version: 2,
      rules: [{ match: 'resource:file:*', decision: 'deny', when }, rule('*', 'allow')],
    });
    const read = (uri: string) =>
      evaluate(policy, { tool: 'fs.resources/read', door: `resource:${uri}`, args: { uri } }).decision;
    expect([read('file:///srv/a'), read('file:///home/a'), read('memo://a')]).toEqual([
      'allow',
      'deny',
      'allow',
    ]);
  });
});

describe('a door that is denied whatever the policy says', () => {
  it.each([
    ['has no kind', 'file:///etc'],
    ['is of another kind', 'tool:x'],
    ['is nothing', ''],
    ['is too long', `resource:memo:${'a'.repeat(8192)}`],
    ['has an invisible character in its name', 'prompt:gre\u00ADet'],
    ['has a blank symbol in its name', 'prompt:greet\u2800'],
    ['has a character of private use in its name', 'prompt:greet\uE000'],
    ['has half a character in its name', 'prompt:\uD800'],
    ['is another host', 'resource:file://etc/passwd'],
    ['goes up by dots that only look so', 'resource:file:///srv/\uFF0E\uFF0E/etc'],
    ['goes by what the system leads elsewhere', 'resource:file:///proc/self/root/etc/passwd'],
    ['the same in another case and by a process', 'resource:file:///x/../Proc/1/task/1/CWD/a'],
    ['is inside of another and can not be read', 'resource:view-source:file://etc/passwd'],
    ['goes up from a drive', 'resource:file:///C:/../etc'],
  ])('%s', (_why, door) => {
    const { decision, reasons } = decide([rule('*', 'allow')], door);
    expect(decision).toBe('deny');
    expect(reasons[0]).toMatch(/^door: /);
  });

  it('is quoted without the password in it', () => {
    const { reasons } = decide([rule('*', 'allow')], 'resource:https://ada:canary@example.com/%zz');
    expect(reasons[0]).toContain("'https://[redacted]@example.com/%zz'");
  });

  it('is no text', () => {
    expect(decide([rule('*', 'allow')], 5 as unknown as string).decision).toBe('deny');
  });

  it('also by version 1', () => {
    const decision = evaluate(compilePolicy({}), { tool: 'x.y', door: 'resource:file:etc' });
    expect(decision.decision).toBe('deny');
  });
});
