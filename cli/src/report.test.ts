import { readFile } from 'node:fs/promises';
import { BrokerError } from '@aegis/bus/law';
import { ConfigError } from '@aegis/kit/env';
import { AppError } from '@aegis/kit/errors';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { reportError } from './report.ts';
import { run } from './run.ts';
import { fakeHost } from './testkit/fake-host.ts';

test.each([
  [new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"), 2, 'wrong_usage'],
  [new AppError('bus_unavailable', 'No connection.'), 1, 'bus_unavailable'],
  [new BrokerError('The port is taken.'), 1, 'broker'],
  [new ConfigError('PORT: wrong'), 1, 'config'],
  [new TypeError('a bug'), 1, 'internal'],
  ['not even an error', 1, 'internal'],
])('%s exits with %d and the code %s', (thrown, exitCode, code) => {
  const host = fakeHost();
  expect(reportError(host, thrown, true)).toBe(exitCode);
  expect(JSON.parse(host.err())).toMatchObject({ code, type: `urn:aegis:error:${code}` });
  expect(host.out()).toBe('');
});

test('people get one sentence without a stack', () => {
  const host = fakeHost();
  reportError(host, new TypeError('a bug'), false);
  expect(host.err()).toBe('aegis: a bug\n');
});

test('an error text from elsewhere can not repaint the terminal', () => {
  const host = fakeHost();
  reportError(host, new AppError('not_found', 'no \u001b[2J'), false);
  expect(host.err()).toBe('aegis: no \\u{1b}[2J\n');
});

test.each([
  [['grants', 'give', 'x', '--minutes', '1e9'], '--minutes: expected an integer from 1 to 1440.'],
  [['audit', 'tail', '-n', '0'], '-n: expected an integer from 1 to 1000.'],
  [
    ['wrap', '--name', 'a', '--record', 'x', '--', 'y'],
    '--record: expected one of none, digest, redacted, full.',
  ],
  [['keys', 'add', "a 'b"], /^name: expected /],
  [['approvers', 'add', 'bad name'], /^name: expected /],
  [['approvers', 'add', 'ada', '--role', 'no role'], /^--role: expected /],
  [['approvals', 'show'], /^id: required$/],
  [['grants', 'give', 'x', '--minutes'], /^--minutes: required$/],
  [['wrap', '--', 'x'], /^--name: required$/],
])('a value of %j is told as every other door tells it', async (args, words) => {
  const host = fakeHost();
  await run(host, args);
  expect(host.exitCode).toBe(2);
  expect(host.err().replace('aegis: ', '').trim()).toMatch(words);
  expect(host.err()).not.toMatch(/is invalid|missing|specified|argument/);
});

test.each([
  [['chekc', 'x'], 'chekc: there is no such command. Did you mean check? --help lists what there is.'],
  [['approvals', 'lst'], 'lst: there is no such command. Did you mean list? --help lists what there is.'],
  [['zzzz'], 'zzzz: there is no such command. --help lists what there is.'],
  [['doctor', '--jsn'], '--jsn: there is no such option. Did you mean --json? --help lists what there is.'],
  [
    ['approvals', 'show', 'a', 'b', 'c'],
    'show: takes one value, and here are more: a, b, c. A value with blanks in it wants quotes; --help lists what it takes.',
  ],
  [
    ['doctor', 'x'],
    'doctor: takes no value, and here are more: x. A value with blanks in it wants quotes; --help lists what it takes.',
  ],
])('what is wrong with %j is said in plain words, with the remedy', async (args, words) => {
  const host = fakeHost();
  await run(host, args);
  expect(host.exitCode).toBe(2);
  expect(host.err()).toBe(`aegis: ${words}\n`);
});

test('what the system refuses is said in words, with the file', async () => {
  const thrown: unknown = await readFile('/nowhere/a').catch((error: unknown) => error);
  const host = fakeHost();
  reportError(host, thrown, false);
  expect(host.err()).toBe('aegis: /nowhere/a: there is no such file.\n');
});
