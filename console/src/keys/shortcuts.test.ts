import { expect, test } from 'vitest';
import { actionOf, type Press } from './shortcuts.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});

test.each([
  ['j', 'next'],
  ['k', 'previous'],
  ['a', 'approve'],
  ['d', 'deny'],
  ['Escape', 'back'],
  ['?', 'help'],
])('%s means %s', (key, action) => {
  expect(actionOf(press(key), false)).toBe(action);
});

test.each(['ctrlKey', 'metaKey', 'altKey', 'isComposing'] as const)('with %s, a is the browser’s', (held) => {
  expect(actionOf(press('a', { [held]: true }), false)).toBeUndefined();
});

test('whoever writes approves nothing and denies nothing; Escape still leaves', () => {
  expect(['a', 'd', 'j', '?'].map((key) => actionOf(press(key), true))).toEqual(Array(4).fill(undefined));
  expect(actionOf(press('Escape'), true)).toBe('back');
});

test('a key that is held down moves on through a list, and does nothing else', () => {
  expect(actionOf(press('j', { repeat: true }), false)).toBe('next');
  expect(actionOf(press('a', { repeat: true }), false)).toBeUndefined();
});

test.each(['Enter', ' ', 'constructor', '__proto__'])('%j is nobody’s shortcut', (key) => {
  expect(actionOf(press(key), false)).toBeUndefined();
});
