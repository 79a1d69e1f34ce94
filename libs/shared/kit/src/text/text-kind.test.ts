import { expect, it } from 'vitest';
import { textKind } from './text-kind.ts';

it.each([
  [['note'], 'hello', undefined],
  [['amount'], '5', undefined],
  [['body'], 'see https://example.com', 'url'],
  [['x'], 'example.com/a', 'url'],
  [['x'], 'ada@example.com', 'address'],
  [['x'], 'a; b', 'command'],
  [['x'], './a', 'path'],
  [['params', 'callbackURL'], 'x', 'url'],
  [['targetDir'], 'x', 'path'],
] as const)('%j with %j is %s', (names, text, kind) => {
  expect(textKind(names, text)).toBe(kind);
});
