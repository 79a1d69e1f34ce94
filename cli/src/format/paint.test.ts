import { expect, test } from 'vitest';
import { fakeHost } from '../testkit/fake-host.ts';
import { paintStatus } from './paint.ts';

test('a status has a colour at a terminal', () => {
  expect(paintStatus(fakeHost({ terminal: true }), 'blocked')).toBe('\u001b[31mblocked\u001b[39m');
  expect(paintStatus(fakeHost({ terminal: true }), 'allowed')).toBe('\u001b[32mallowed\u001b[39m');
});

test('there are no colours in a file or a pipe', () => {
  expect(paintStatus(fakeHost({ env: { FORCE_COLOR: '1' } }), 'blocked')).toBe('blocked');
});

test.each([
  ['NO_COLOR', '1'],
  ['TERM', 'dumb'],
])('there are no colours with %s=%s', (name, value) => {
  const env = { [name]: value };
  expect(paintStatus(fakeHost({ terminal: true, env }), 'blocked')).toBe('blocked');
});

test('NO_COLOR counts only where it says something', () => {
  expect(paintStatus(fakeHost({ terminal: true, env: { NO_COLOR: '' } }), 'blocked')).toContain('\u001b[31m');
});

test('a status that is not ours stays as it is', () => {
  expect(paintStatus(fakeHost({ terminal: true }), 'toString')).toBe('toString');
});
