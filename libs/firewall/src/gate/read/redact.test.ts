import { describe, expect, it } from 'vitest';
import { hidesValue, redact, redactText } from './redact.ts';

describe('names of secrets', () => {
  it.each([
    'password',
    'Password',
    'db_password',
    'DB-PASSWORD',
    'userPasswd',
    'secret',
    'client_secret',
    'clientSecret',
    'token',
    'access_token',
    'X-Auth-Token',
    'api_key',
    'apiKey',
    'API-KEY',
    'x-api-key',
    'authorization',
    'Cookie',
    'set-cookie',
    'private_key',
    'privateKey',
    'aws_access_key_id',
    'aws_secret_access_key',
    'credentials',
    'pin',
  ])('%s', (name) => expect(hidesValue(name)).toBe(true));

  it.each([
    'path',
    'max_tokens',
    'nextPageToken',
    'progressToken',
    'pinned',
    'secretary',
    'key',
    'author',
    'tokens',
  ])('not %s', (name) => expect(hidesValue(name)).toBe(false));

  it('hide what stands under them, at any depth, and leave the rest', () => {
    const value = {
      a: [{ Api_Key: 'x', n: 1 }],
      password: { old: 'a' },
      token: null,
      secret: '',
      has_secret: true,
    };
    expect(redact(value)).toEqual({
      a: [{ Api_Key: '[redacted]', n: 1 }],
      password: '[redacted]',
      token: null,
      secret: '',
      has_secret: true,
    });
    expect(value.password).toEqual({ old: 'a' });
  });
});

describe('what looks like a secret', () => {
  const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----';
  it.each([
    ['curl -H "Authorization: Bearer abcdefgh12345678" x', 'curl -H "Authorization: [redacted]" x'],
    ['basic dXNlcjpwYXNz', '[redacted]'],
    ['id AKIAIOSFODNN7EXAMPLE.', 'id [redacted].'],
    [`ghp_${'a1'.repeat(18)}`, '[redacted]'],
    ['xoxb-12345678901-abc', '[redacted]'],
    [`sk-ant-api03-${'a'.repeat(40)}`, '[redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '[redacted]'],
    [`before ${pem} after`, 'before [redacted] after'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[redacted]'],
    ['postgres://me:s3cret@db:5432/x and https://h/p@q', 'postgres://[redacted]@db:5432/x and https://h/p@q'],
  ])('%j', (text, clean) => expect(redactText(text)).toBe(clean));

  /**
   * In parts, so that no scanner of secrets takes them for real ones. What a reason does not quote is not recorded either.
   */
  it.each([
    [`ghx_${'a1'.repeat(8)}`],
    [`github_pat_${'a1'.repeat(8)}`],
    [`xoxc-${'1'.repeat(8)}`],
    [`AKIA${'A1'.repeat(9)}`],
    [`eyJ${'a1'.repeat(8)}`],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----\ncut off'],
  ])('%j', (text) => expect(redactText(text)).toBe('[redacted]'));

  it.each([
    ['run --password=canary --x', 'run --password=[redacted] --x'],
    ['/a?access_token=canary&b=1', '/a?access_token=[redacted]&b=1'],
    ['{"api_key": "canary"}', '{"api_key": "[redacted]"}'],
    ['pwd=x', 'pwd=[redacted]'],
  ])('%j', (text, clean) => expect(redactText(text)).toBe(clean));

  it.each([
    'a basic idea of it',
    'ask-me-anything-you-like',
    '-----BEGIN CERTIFICATE-----\nx',
    'a://b',
    '://@',
    'sk-1',
  ])('not %j', (text) => expect(redactText(text)).toBe(text));

  // One that scans again and again takes minutes for these.
  it.each([
    'eyJ',
    '-eyJ',
    'sk-',
    'Bearer ',
    '://@',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    'eyJaaaaaaaa.',
    'xoxb-',
  ])('is looked for in one pass over a text full of %j', (part) => {
    const text = part.repeat(2_000_000 / part.length);
    expect(redactText(text).length).toBeLessThanOrEqual(text.length);
  });
});
