import { parseEnv } from '@aegis/kit/env';
import { expect, it } from 'vitest';
import { CodeEnv, codeInForce } from './config.ts';
import { codeDigest, isRightCode } from './people/code-digest.ts';

const inForce = (env: Record<string, string>) => codeInForce(parseEnv(CodeEnv, env));
const DIGEST = codeDigest('handed over');

it('what APPROVAL_CODE says is a digest from the start, and is in force before one that was handed over', async () => {
  const parsed = parseEnv(CodeEnv, { APPROVAL_CODE: 'chosen', APPROVAL_CODE_DIGEST: DIGEST });
  expect(JSON.stringify(parsed)).not.toContain('chosen');
  expect(await isRightCode('chosen', codeInForce(parsed))).toBe(true);
});

it('a digest that was handed over is in force where no code is set', async () => {
  expect(inForce({ APPROVAL_CODE: '', APPROVAL_CODE_DIGEST: DIGEST })).toBe(DIGEST);
});

it.each([
  ['nothing is set', {}],
  ['APPROVAL_CODE is off', { APPROVAL_CODE: 'off', APPROVAL_CODE_DIGEST: DIGEST }],
])('there is no code where %s', (_, env) => {
  expect(inForce(env)).toBeUndefined();
});

it('starts with no code that could be guessed, and with no digest that is none', () => {
  expect(() => inForce({ APPROVAL_CODE: 'short' })).toThrow(
    'APPROVAL_CODE: use 6 or more characters, or "off" for none',
  );
  expect(() => inForce({ APPROVAL_CODE_DIGEST: 'chosen code' })).toThrow('APPROVAL_CODE_DIGEST: expected');
});
