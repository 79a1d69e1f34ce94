import { expect, it } from 'vitest';
import { isRevisionOf, judgedAs, METHODS, REVISIONS, toRevision } from './methods.ts';

it.each([
  ['tools/call', REVISIONS],
  ['logging/setLevel', ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']],
  ['ping', ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']],
  ['tasks/get', ['2025-11-25', '2026-07-28']],
  ['tasks/result', ['2025-11-25']],
  ['server/discover', ['2026-07-28']],
])('%s is known in %j', (method, revisions) => {
  expect(REVISIONS.filter((revision) => judgedAs(method, revision) !== undefined)).toEqual(revisions);
});

it.each([
  ['elicitation/create', ['2025-06-18', '2025-11-25', '2026-07-28']],
  ['roots/list', REVISIONS],
  ['tasks/result', ['2025-11-25']],
])('a server asks %s in %j', (method, revisions) => {
  const row = METHODS.server.get(method);
  expect(REVISIONS.filter((revision) => row !== undefined && isRevisionOf(row, revision))).toEqual(revisions);
});

it.each([
  'tools//call',
  '/tools/call',
  'tools/call/',
  'tools.call',
  'tools%2Fcall',
  'Tools/call',
  'x/exec',
  'sampling/createMessage',
  'elicitation/create',
  'notifications/initialized',
  'notifications/cancelled',
  'constructor',
  '__proto__',
  '',
])('%s is no method of a client, in no revision', (method) => {
  for (const revision of REVISIONS) expect(judgedAs(method, revision)).toBeUndefined();
});

it('what names something is judged by it in every revision: a server may have it from another one', () => {
  for (const revision of REVISIONS) {
    expect(judgedAs('resources/subscribe', revision)).toBe('named');
    expect(judgedAs('subscriptions/listen', revision)).toBe('listen');
  }
});

it('a revision that nobody knows is the last one with sessions', () => {
  expect(['2025-03-26', '2031-01-01', undefined, 7].map(toRevision)).toEqual([
    '2025-03-26',
    '2025-11-25',
    '2025-11-25',
    '2025-11-25',
  ]);
});
