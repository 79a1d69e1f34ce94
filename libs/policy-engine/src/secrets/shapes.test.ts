import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRETS } from '../testing/secrets.ts';
import { secretSpans } from './shapes.ts';

const found = (text: string): string[] => secretSpans(text).map(({ start, end }) => text.slice(start, end));

describe('what looks like a secret', () => {
  it.each(Object.entries(SECRETS))('is found whole, wherever it stands: %s', (_, secret) => {
    expect(found(`a ${secret}`)).toEqual([secret]);
    expect(found(`${'. '.repeat(100_000)}${secret}`)).toEqual([secret]);
  });

  it.each([
    ['postgres://ada:canary@db.example.com/x', 'ada:canary'],
    ['run --password=canary --x', 'canary'],
    ['/a?access_token=canary&b=1', 'canary'],
    ['{"api_key": "canary"}', 'canary'],
    [`AKIA${'A1'.repeat(12)} and more`, `AKIA${'A1'.repeat(12)}`],
  ])('%s has %s', (text, secret) => expect(found(text)).toEqual([secret]));

  it.each([
    'a task-list-of-sixteen-words',
    'https://example.com/a@b',
    '-----BEGIN CERTIFICATE-----\nx',
    'max_tokens: 5',
    '://@',
  ])('%s has none', (text) => expect(found(text)).toEqual([]));

  it('is given in order and apart', () => {
    const [bearer = '', github = ''] = [SECRETS['bearer'], SECRETS['github']];
    expect(found(`token=${bearer} ${github}`)).toEqual([bearer, github]);
    const parts = fc.array(fc.constantFrom(...Object.values(SECRETS), ' ', '://', '@', 'token=', '"'));
    fc.assert(
      fc.property(parts, (texts) => {
        let last = 0;
        for (const { start, end } of secretSpans(texts.join(''))) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end + 1;
        }
      }),
    );
  });
});

/** The least time of three that a search of a text of this length takes, in milliseconds of this process. */
function timeOf(part: string, length: number): number {
  const text = part.repeat(Math.ceil(length / part.length));
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    secretSpans(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

describe('a text that only costs time', () => {
  it.each([
    'a',
    '=',
    '"',
    '-eyJ',
    'eyJaaaaaaaa.',
    'sk-',
    'Bearer ',
    'Bearer\t',
    '://',
    '://a',
    '://@',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY',
    '-----BEGIN PRIVATE KEY-----END ',
    'token= ',
    'password \t',
    'apikey="',
    'é',
  ])('is searched in time that grows as it does: a megabyte of %j', (part) => {
    // Sixteen times the text takes sixteen times as long; where a search starts again and again, 256 times.
    const small = Math.max(timeOf(part, 65_536), 1);
    expect(timeOf(part, 1_048_576) / small).toBeLessThan(80);
  });

  it.each([
    ['of one token', 'sk-', 'a'],
    ['of one name of a host', '://', 'a'],
    ['of one key', '-----BEGIN PRIVATE KEY-----', 'a'],
    ['of blanks', 'Bearer', ' '],
  ])('does not fill the stack: eight million characters %s', (_, start, part) => {
    expect(secretSpans(start + part.repeat(8_000_000)).length).toBeLessThanOrEqual(1);
  });
});
