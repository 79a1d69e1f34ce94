import { expect, it } from 'vitest';
import { bearerOf, holderOf, identityKeyLook, keyDigest, makeIdentityKey, makeKey } from './keys.ts';

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

it('a key of an identity has a checksum: one that was cut or mistyped is known as such', () => {
  const key = makeIdentityKey();
  expect(key).toMatch(/^aegis_[0-9A-Za-z]{49}$/);
  expect(makeIdentityKey()).not.toBe(key);
  expect(identityKeyLook(key)).toBe('whole');
  const flipped = (at: number) => `${key.slice(0, at)}${key[at] === 'a' ? 'b' : 'a'}${key.slice(at + 1)}`;
  const damaged = [
    key.slice(0, -1),
    `${key}a`,
    key.slice(0, 20),
    'aegis_',
    flipped(7),
    flipped(30),
    flipped(54),
  ];
  expect(damaged.map(identityKeyLook)).toEqual(damaged.map(() => 'damaged'));
});

it('the checksum is that of everybody, so that scanners know it', () => {
  expect(identityKeyLook(`aegis_${'0'.repeat(43)}379Hep`)).toBe('whole');
});

it.each([makeKey('aegis'), makeKey('aegis_approver'), 'open sesame', ''])(
  'what stands in the files, or is a code, is no key of an identity: %s',
  (secret) => expect(identityKeyLook(secret)).toBe('none'),
);
