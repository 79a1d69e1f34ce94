import { expect, it } from 'vitest';
import { allowedHostNames, reachableAt } from './host-names.ts';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

it.each([
  ['127.0.0.1', [], LOCAL],
  ['0.0.0.0', [], LOCAL],
  ['::', ['mcp'], [...LOCAL, 'mcp']],
  ['10.0.0.7', ['mcp', 'fd00::1'], [...LOCAL, '10.0.0.7', 'mcp', '[fd00::1]']],
])('bound to %s with %j more, it is called %j', (bound, extra, expected) => {
  expect(allowedHostNames(bound, extra)).toEqual(expected);
});

it.each([
  ['127.0.0.1', 'http://127.0.0.1:8001/mcp'],
  ['0.0.0.0', 'http://127.0.0.1:8001/mcp'],
  ['::1', 'http://[::1]:8001/mcp'],
])('bound to %s it is reached at %s', (bound, expected) => {
  expect(reachableAt(bound, 8001, '/mcp')).toBe(expected);
});
