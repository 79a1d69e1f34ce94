import { isRightCode } from '@aegis/approvals/config';
import { expect, test } from 'vitest';
import { readUpConfig } from './config.ts';

test('at a terminal, where none is set, a code is made, and only its digest is handed on', async () => {
  const { madeCode = '', codeDigest, ...rest } = readUpConfig({}, true);
  expect(madeCode).toMatch(/^[\w-]{22}$/);
  expect(await isRightCode(madeCode, codeDigest)).toBe(true);
  expect(JSON.stringify(rest)).not.toContain(madeCode);
});

test.each([
  ['without a terminal', {}, false],
  ['where it is off, at a terminal too', { APPROVAL_CODE: 'off' }, true],
])('no code is made %s', (_, env, isTerminal) => {
  expect(readUpConfig(env, isTerminal)).toMatchObject({ madeCode: undefined, codeDigest: undefined });
});

test('a code that is set is a digest from there on, at a terminal too', async () => {
  const config = readUpConfig({ APPROVAL_CODE: 'chosen-code' }, true);
  expect(JSON.stringify(config)).not.toContain('chosen-code');
  expect(config.madeCode).toBeUndefined();
  expect(await isRightCode('chosen-code', config.codeDigest)).toBe(true);
});
