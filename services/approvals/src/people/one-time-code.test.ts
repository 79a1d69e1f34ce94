import { expect, it } from 'vitest';
import { compareOneTimeCode, makeOneTimeCode, oneTimeDigest } from './one-time-code.ts';

const [ONE, OTHER] = [`apr_${'a'.repeat(26)}`, `apr_${'b'.repeat(26)}`] as const;

it('eight characters, none of which is taken for another', () => {
  const codes = Array.from({ length: 200 }, makeOneTimeCode);
  for (const code of codes) expect(code).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
  expect(new Set(codes).size).toBe(200);
  expect(new Set(codes.join('')).size).toBe(32);
});

it('is right however it was spoken, and for its own approval alone', async () => {
  const digest = oneTimeDigest(ONE, 'K7QF3NWT');
  for (const given of ['K7QF3NWT', 'k7qf3nwt', 'K7QF-3NWT', ' k7qf 3nwt '])
    expect((await compareOneTimeCode(ONE, given))(digest)).toBe(true);
  for (const given of ['K7QF3NW', 'K7QF3NWTT', '', 'K7QF3NWU', digest])
    expect((await compareOneTimeCode(ONE, given))(digest)).toBe(false);
  expect((await compareOneTimeCode(OTHER, 'K7QF3NWT'))(digest)).toBe(false);
});

it('what is kept of it has nothing of it, and is another for each approval', () => {
  const kept = [ONE, OTHER].map((id) => oneTimeDigest(id, 'K7QF3NWT'));
  expect(new Set(kept).size).toBe(2);
  for (const one of kept) expect(one).toMatch(/^scrypt:[\w-]{43}$/);
});
