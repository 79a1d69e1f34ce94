import { expect, it } from 'vitest';
import { CODE_DIGEST, codeDigest, isRightCode, makeApprovalCode } from './code-digest.ts';

it('a code is right or wrong as a whole', async () => {
  const digest = codeDigest('open sesame');
  expect(await isRightCode('open sesame', digest)).toBe(true);
  expect(await isRightCode('open sesam', digest)).toBe(false);
  expect(await isRightCode('', digest)).toBe(false);
});

it('what is kept of a code is a slow digest, and no code itself', async () => {
  const digest = codeDigest('open sesame');
  expect(digest).toMatch(CODE_DIGEST);
  expect(await isRightCode(digest, digest)).toBe(false);
  const from = performance.now();
  codeDigest('another');
  expect(performance.now() - from).toBeGreaterThan(5);
});

it('where there is no code none is right', async () => {
  for (const given of ['', 'off', 'undefined']) expect(await isRightCode(given, undefined)).toBe(false);
});

it('two that are made differ, and have 128 bits', () => {
  expect(makeApprovalCode()).toMatch(/^[\w-]{22}$/);
  expect(makeApprovalCode()).not.toBe(makeApprovalCode());
});
