import { expect, test } from 'vitest';
import { parseWrap } from './options.js';

const DEFAULTS = { name: 'a', hold: 50_000, record: 'redacted' };

test('the command line that protect writes is read here', () => {
  const args = ['--name', 'a', '--hold', '20s', '--', 'npx', '-y', 'server', '--', '--name', 'b'];
  expect(parseWrap(args)).toEqual({
    options: { ...DEFAULTS, hold: 20_000 },
    command: 'npx',
    args: ['-y', 'server', '--', '--name', 'b'],
  });
});

test.each([
  [[], {}],
  [['--hold=500ms'], { hold: 500 }],
  [['--hold', '60m'], { hold: 3_600_000 }],
  [['--record', 'full', '--show-denied'], { record: 'full', showDenied: true }],
  [['--record-in-background'], { recordInBackground: true }],
  [['--server-env=A', '--server-env=B'], { serverEnv: ['A', 'B'] }],
])('%j', (words, options) => {
  expect(parseWrap([...words, '--name', 'a', '--', 'x'])?.options).toEqual({ ...DEFAULTS, ...options });
});

test.each([
  [['--', 'x']],
  [['--name', 'a']],
  [['--name', 'a', 'x']],
  [['--name', 'a', '--']],
  [['--name', 'a.b', '--', 'x']],
  [['--name', 'a', '--hold', '50', '--', 'x']],
  [['--name', 'a', '--hold', '61m', '--', 'x']],
  [['--name', 'a', '--record', 'some', '--', 'x']],
  [['--name', 'a', '--json', '--', 'x']],
  [['--name', 'a', 'y', '--', 'x']],
  [['--name', '-a', '--', 'x']],
  [['--help']],
])('what is unusual is for the whole command line: %j', (args) => {
  expect(parseWrap(args)).toBeUndefined();
});
