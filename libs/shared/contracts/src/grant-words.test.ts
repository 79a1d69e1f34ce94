import { expect, it } from 'vitest';
import { argumentWords, grantNote, grantStatus, patternSentence } from './grant-words.ts';
import type { ArgumentPattern } from './grants.ts';

it.each<[string, ArgumentPattern, string]>([
  ['a', { equals: 'x' }, 'exactly "x"'],
  ['a', { any: true }, 'anything, or left out'],
  ['note', { starts_with: 'Box' }, 'plain text that starts with "Box"'],
  ['command', { starts_with: 'git ' }, 'exactly "git "'],
  ['url', { starts_with: 'https://a.de' }, 'exactly "https://a.de"'],
  ['url', { starts_with: 'https://a.de/' }, 'a URL at or below "https://a.de/"'],
  ['path', { starts_with: '/srv' }, 'a path at or below "/srv"'],
  ['path', { path_within: '/srv' }, 'a path at or below "/srv"'],
  ['u', { host_in: 'a.de' }, 'a URL of the host "a.de"'],
  ['u', { email_domain_in: 'a.de' }, 'an e-mail address at "a.de"'],
  ['n', { at_most: 3 }, 'a whole number from 0 to 3'],
  ['n', { at_least: 0.5, at_most: 3 }, 'a number from 0.5 to 3'],
])('%s %j covers %s', (name, pattern, words) => {
  expect(argumentWords(name, pattern)).toBe(words);
});

it('a pattern is one sentence', () => {
  expect(patternSentence({ tool: 'docs.list' })).toBe(
    'Calls of docs.list without an amount without arguments.',
  );
  expect(
    patternSentence({
      tool: 'shop.pay',
      server: 'shop',
      op: 'pay',
      max_amount_cents: 1250,
      args: { to: { equals: 'ada' }, note: { any: true } },
      input: { task: {} },
    }),
  ).toBe(
    'Calls of shop.pay of the server shop for pay of at most 12.50 where "to" is exactly "ada" and "note" is anything, or ' +
      'left out, with no other arguments and with exactly {"task":{}} sent besides.',
  );
});

it.each([
  [{}, 'active', undefined],
  [{ idle_because: 'nobody accepted it' }, 'idle', 'It lets no call run now: nobody accepted it.'],
  [{ over_because: 'ada is gone' }, 'over', 'It is over: ada is gone.'],
  [
    { revoked_at: '2026-01-01T00:00:00Z', over_because: 'revoked by ada' },
    'revoked',
    'It is over: revoked by ada.',
  ],
  [{ revoked_at: '2026-01-01T00:00:00Z' }, 'revoked', undefined],
  [{ expires_at: '2026-01-01T00:00:00Z', over_because: 'its time is over' }, 'expired', undefined],
])('a grant with %j is %s: %s', (more, status, note) => {
  const grant = { expires_at: '2026-02-01T00:00:00Z', ...more };
  const nowMs = Date.parse('2026-01-15T00:00:00Z');
  expect([grantStatus(grant, nowMs), grantNote(grant, nowMs)]).toEqual([status, note]);
});
