import { expect, it } from 'vitest';
import { createRoots } from './roots.ts';

const uris = (count: number) => Array.from({ length: count }, (_, at) => ({ uri: `file:///srv/${at}` }));

it.each([
  ['the last of many', { roots: [...uris(40), { uri: 'file:///x' }] }],
  ['under a name that a reader takes for it', { Roots: [{ URI: 'file:///x', uri: 'file:///y' }] }],
  ['a text', { roots: ['file:///x'] }],
])('a root is whatever could be one: %s', (_what, result) => {
  const roots = createRoots();
  expect(roots.take(result)).toBeUndefined();
  expect([...roots.all()]).toContain('file:///x');
});

it.each([
  ['an empty list', { roots: [] }],
  ['a list that no server takes', { roots: [{ uri: 5 }] }],
  ['another', { roots: uris(1) }],
])('what a client gave is not taken back by %s', (_what, result) => {
  const roots = createRoots();
  roots.take({ roots: [{ uri: 'file:///x' }] });
  expect(roots.take(result)).toBeUndefined();
  expect([...roots.all()]).toContain('file:///x');
});

it('more than can be looked at are refused, all together or one after the other', () => {
  const roots = createRoots();
  expect(roots.take({ roots: uris(65) })).toContain('more than 64 roots');
  expect(roots.all().size).toBe(0);
  expect(roots.take({ roots: uris(64) })).toBeUndefined();
  expect(roots.take({ roots: uris(64) })).toBeUndefined();
  expect(roots.take({ roots: [{ uri: 'file:///x' }] })).toContain('more than 64 roots');
  expect(createRoots().take({ roots: [{ uri: `file:///${'x'.repeat(5_000)}` }] })).toContain('characters');
});
