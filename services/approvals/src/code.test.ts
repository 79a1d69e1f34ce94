import { describe, expect, it } from 'vitest';
import { checkAttempts, isRightCode } from './code.ts';

const now = new Date('2026-01-01T00:10:00Z');
const wrong = (count: number, source: (n: number) => string, agoMs = 1_000) =>
  Array.from({ length: count }, (_, n) => ({ atMs: now.getTime() - agoMs, source: source(n) }));
const attempt = (codes: ReturnType<typeof wrong>, source: string) => () =>
  checkAttempts((sinceMs) => codes.filter((one) => one.atMs > sinceMs), source, now);

describe('the approval code', () => {
  it('is right or wrong as a whole', () => {
    expect(isRightCode('open sesame', 'open sesame')).toBe(true);
    expect(isRightCode('open sesam', 'open sesame')).toBe(false);
    expect(isRightCode('', 'open sesame')).toBe(false);
  });

  it('is not looked at after five wrong ones from one source in a minute', () => {
    expect(
      attempt(
        wrong(4, () => 'a'),
        'a',
      ),
    ).not.toThrow();
    expect(
      attempt(
        wrong(5, () => 'a'),
        'a',
      ),
    ).toThrow(/too many wrong codes/);
    expect(
      attempt(
        wrong(5, () => 'a'),
        'b',
      ),
    ).not.toThrow();
    expect(
      attempt(
        wrong(5, () => 'a', 61_000),
        'a',
      ),
    ).not.toThrow();
  });

  it('is not looked at after twenty wrong ones from everywhere in a minute', () => {
    expect(attempt(wrong(19, String), 'x')).not.toThrow();
    expect(attempt(wrong(20, String), 'x')).toThrow(/too many wrong codes/);
  });
});
