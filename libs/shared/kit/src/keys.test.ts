import { expect, it } from 'vitest';
import { bearerOf, holderOf, keyDigest, makeKey } from './keys.ts';

it('a key is 256 bits of chance, and never the same', () => {
  expect(makeKey('aegis')).toMatch(/^aegis_[\w-]{43}$/);
  expect(makeKey('aegis')).not.toBe(makeKey('aegis'));
});

it('a key is known by its digest, wherever it stands, and nothing else is', () => {
  const kept = Object.entries({ ada: keyDigest('a'), bob: keyDigest('b'), odd: 'sha256:00' });
  expect([holderOf('a', kept), holderOf('b', kept)]).toEqual(['ada', 'bob']);
  for (const wrong of ['', 'c', keyDigest('a'), 'ada']) expect(holderOf(wrong, kept)).toBeUndefined();
});

it.each([
  ['Bearer a-key', 'a-key'],
  ['bearer  a-key ', 'a-key'],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['Basic a-key', undefined],
  ['Bearer a key', undefined],
  [undefined, undefined],
])('of %j the secret is %j', (header, secret) => {
  expect(bearerOf(header)).toBe(secret);
});
