import { expect, test } from 'vitest';
import { withoutCode } from './code-env.ts';

test('what is started from here gets a digest, and not the code', () => {
  const env = withoutCode({ PATH: '/bin', APPROVAL_CODE: 'a chosen code' });
  expect(env).toEqual({ PATH: '/bin', APPROVAL_CODE_DIGEST: expect.stringMatching(/^scrypt:/) as string });
  expect(withoutCode(env)).toEqual(env);
});

test('off stays off, and nothing is made of nothing', () => {
  expect(withoutCode({ APPROVAL_CODE: 'off' })).toEqual({ APPROVAL_CODE: 'off' });
  expect(withoutCode({ APPROVAL_CODE: '' })).toEqual({});
});

test('a code that is too short is said before anything is started', () => {
  expect(() => withoutCode({ APPROVAL_CODE: 'short' })).toThrow('APPROVAL_CODE: use 6 or more characters');
});
