import { expect, it } from 'vitest';
import { isSecretName, plainName } from './names.ts';

it.each([
  'password',
  'DB-Password',
  'clientSecret',
  'access_token',
  'X-Api-Key',
  'api_token',
  'set-cookie',
  'aws_secret_access_key',
  'connection.string',
  'PIN',
  'sig',
  `${'x'.repeat(1_000_000)}_password`,
])('%.40s is the name of a secret', (key) => expect(isSecretName(key)).toBe(true));

it.each(['path', 'max_tokens', 'pinned', 'secretary', 'author', 'signature', 'key', ''])(
  '%j is none',
  (key) => expect(isSecretName(key)).toBe(false),
);

it('a name is plain without case and separators', () => {
  expect(plainName('X-Next_Page.Token')).toBe('xnextpagetoken');
});
