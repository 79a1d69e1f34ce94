import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName } from '../secrets/names.ts';
import { SECRETS } from '../testing/secrets.ts';
import { showFor, showValue } from './show.ts';

describe('a quoted value', () => {
  it.each(Object.entries(SECRETS))('does not show a secret: %s', (_name, secret) => {
    expect(showValue(secret)).toMatch(/^'\[redacted\]…?'$/);
    expect(showValue(`a ${secret}`)).toMatch(/^'a \[redacted\]…?'$/);
    // The end of it is out of sight here, or nearly.
    for (const before of [60, 69, 75, 78, 79, 80]) {
      const shown = showValue(`${'.'.repeat(before)} ${secret}`);
      expect(shown).toMatch(/^'\.+ ?(?:\[redacted\])?…?'$/);
    }
  });

  it.each([
    ['postgres://ada:canary@db.example.com/x', "'postgres://[redacted]@db.example.com/x'"],
    ['https://canary@example.com:canary@example.org/', "'https://[redacted]@example.org/'"],
    [`https://${'canary'.repeat(300)}@example.com/`, "'https://[redacted]…'"],
    ['https://example.com/a@b', "'https://example.com/a@b'"],
    ['run --password=canary --x', "'run --password=[redacted] --x'"],
    ['/a?access_token=canary&b=1', "'/a?access_token=[redacted]&b=1'"],
    ['{"api_key": "canary"}', '\'{"api_key": "[redacted]"}\''],
    ['a task-list-of-sixteen-words', "'a task-list-of-sixteen-words'"],
  ])('%s is %s', (text, shown) => {
    expect(showValue(text)).toBe(shown);
  });

  it('shows no more of the text behind a long secret', () => {
    const text = `${SECRETS['bearer']}${'x'.repeat(900)} ${SECRETS['github']} and more`;
    expect(showValue(text)).toBe("'[redacted]…'");
  });

  it('never holds a secret that starts where it quotes, wherever that is and whatever is around it', () => {
    const around = fc.string({ unit: fc.constantFrom(' ', '"', '\n', '\u200B', "'", ',', '(', '=') });
    fc.assert(
      fc.property(around, fc.constantFrom(...Object.values(SECRETS)), around, (before, secret, after) => {
        expect(showValue(`${before} ${secret} ${after}`)).not.toMatch(/canary|y2fu/i);
      }),
      { numRuns: 3000 },
    );
  });
});

it('reads no further than it has to', () => {
  const text = `${'x'.repeat(60)} ${'canary '.repeat(200_000)}`;
  expect(showValue(text)).toBe(showValue(text.slice(0, 1024)));
});

describe('the value of a secret by its name', () => {
  it.each([
    'password',
    'DB-Password',
    'clientSecret',
    'access_token',
    'X-Api-Key',
    'set-cookie',
    'private_key',
    'PIN',
    'sig',
  ])('%s is not shown', (key) => {
    expect(isSecretName(key)).toBe(true);
    expect(['canary', 4711].map(showFor(['a', key]))).toEqual(['[redacted]', '[redacted]']);
    expect(showFor([key, 'a'])('canary')).toBe('[redacted]');
  });

  it('says of what type it is where that is no secret', () => {
    expect(['', true, null, ['canary'], { a: 'canary' }].map(showFor(['password']))).toEqual([
      "''",
      'true',
      'null',
      'a list of 1',
      'a mapping',
    ]);
  });

  it.each(['path', 'max_tokens', 'pinned', 'secretary', 'author', 'key'])('%s is shown', (key) => {
    expect(isSecretName(key)).toBe(false);
    expect(showFor([key])('canary')).toBe("'canary'");
  });
});
