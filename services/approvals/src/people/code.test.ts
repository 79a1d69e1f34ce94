import { describe, expect, it } from 'vitest';
import { checkAttempts, sourceOf } from './code.ts';

const now = new Date('2026-01-01T00:10:00Z');
const wrong = (count: number, source: (n: number) => string, agoMs = 1_000) =>
  Array.from({ length: count }, (_, n) => ({ atMs: now.getTime() - agoMs, source: source(n) }));
const attempt = (codes: ReturnType<typeof wrong>, source: string) => () =>
  checkAttempts((sinceMs) => codes.filter((one) => one.atMs > sinceMs), source, now);

describe('the approval code', () => {
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

  it('counts the addresses of one machine as one source', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.2'].map(sourceOf)).toEqual(
      Array(4).fill('loopback'),
    );
    expect(sourceOf('::ffff:10.0.0.1')).toBe(sourceOf('10.0.0.1'));
    expect(sourceOf('2001:db8:1:2::1')).toBe(sourceOf('2001:DB8:1:2:ffff::9'));
    expect(sourceOf('2001:db8:1:2::1')).not.toBe(sourceOf('2001:db8:1:3::1'));
    expect(sourceOf('2001:db8::1')).toBe('2001:db8:0:0');
  });
});
