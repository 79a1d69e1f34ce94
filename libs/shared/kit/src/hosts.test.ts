import { expect, it } from 'vitest';
import { ownHostNames, reachedAt, urlHost } from './hosts.ts';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

it.each([
  ['127.0.0.1', [], LOCAL],
  ['::1', [], LOCAL],
  ['0.0.0.0', [], LOCAL],
  ['::', ['mcp'], [...LOCAL, 'mcp']],
  ['10.0.0.7', ['mcp', 'fd00::1'], [...LOCAL, '10.0.0.7', 'mcp', '[fd00::1]']],
  ['Laptop.Local', ['FD00::1'], [...LOCAL, 'laptop.local', '[fd00::1]']],
])('bound to %s with %j more, it is called %j', (bound, more, expected) => {
  expect(ownHostNames(bound, more)).toEqual(expected);
});

it.each([
  ['127.0.0.1', '127.0.0.1:8001'],
  ['localhost', 'localhost:8001'],
  ['0.0.0.0', '127.0.0.1:8001'],
  ['::', '[::1]:8001'],
  ['fd00::7', '[fd00::7]:8001'],
])('bound to %s it is reached at %s', (bound, expected) => {
  expect(reachedAt(bound, 8001)).toBe(expected);
});

it('only IPv6 addresses stand in brackets', () => {
  expect(['a.example', '10.0.0.7', '::1'].map(urlHost)).toEqual(['a.example', '10.0.0.7', '[::1]']);
});
