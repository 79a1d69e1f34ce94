import { beforeEach, describe, expect, it } from 'vitest';
import { AllowanceEnv, createAllowance } from './allowance.ts';

const MINUTE_MS = 60_000;
const KIB = 1_024;
let nowMs: number;
beforeEach(() => {
  nowMs = 0;
});

const allowance = (settings: object = {}) =>
  createAllowance(
    AllowanceEnv.parse({ CALLER_ENTRIES_AT_ONCE: 3, CALLER_ENTRIES_PER_MINUTE: 60, ...settings }),
    () => nowMs,
  );
/** How many of many it lets through. */
const through = (takes: () => boolean, many = 1_000): number =>
  Array.from({ length: many }, takes).filter(Boolean).length;

describe('a caller', () => {
  const ann = { principal: 'os-user:ann', from: 'cursor' };

  it('has so many entries at once, and then so many a minute, for ever', () => {
    const given = allowance();
    expect(through(() => given.takes(ann))).toBe(3);
    nowMs += 1_000;
    expect(through(() => given.takes(ann))).toBe(1);
    nowMs += MINUTE_MS * 60;
    expect(through(() => given.takes(ann))).toBe(3);
  });

  it('hears what is used up, what may be set, and in how many seconds it goes on', () => {
    const given = allowance();
    for (let n = 0; n < 3; n++) given.take(ann);
    expect(() => given.take(ann)).toThrow(
      expect.objectContaining({
        code: 'too_many_requests',
        status: 429,
        retryAfterS: 1,
        message: expect.stringMatching(
          /^principal: os-user:ann \(cursor\) .*CALLER_ENTRIES_PER_MINUTE .* in 1 s/,
        ),
      }),
    );
  });

  it('has so many bytes: one that is larger than what is left passes once, and is waited for', () => {
    const given = allowance({
      CALLER_ENTRIES_AT_ONCE: 100,
      CALLER_KIB_AT_ONCE: 4,
      CALLER_KIB_PER_MINUTE: 2,
    });
    expect(given.takes(ann, 8 * KIB)).toBe(true);
    expect(given.takes(ann)).toBe(false);
    expect(() => given.take(ann)).toThrow(/CALLER_KIB_AT_ONCE and CALLER_KIB_PER_MINUTE/);
    nowMs += 2 * MINUTE_MS;
    expect(given.takes(ann)).toBe(false);
    nowMs += MINUTE_MS;
    expect(given.takes(ann)).toBe(true);
  });

  it('who is refused loses nothing by it', () => {
    const given = allowance();
    through(() => given.takes(ann));
    nowMs += 1_000;
    expect(given.takes(ann)).toBe(true);
  });
});

describe('callers', () => {
  it('with one agent’s keys are one, whatever they call themselves', () => {
    const given = allowance();
    let n = 0;
    expect(through(() => given.takes({ principal: 'key:ann', from: `client-${n++}` }))).toBe(3);
  });

  it('of different names or addresses do not stop each other', () => {
    const given = allowance();
    through(() => given.takes({ principal: 'anonymous', from: '10.0.0.1' }));
    expect(given.takes({ principal: 'anonymous', from: '10.0.0.2' })).toBe(true);
    expect(given.takes({ principal: 'key:ann' })).toBe(true);
  });

  it('who take a new name each time have four times as much as one, together', () => {
    const given = allowance();
    let n = 0;
    expect(through(() => given.takes({ principal: 'os-user:ann', from: `client-${n++}` }), 50_000)).toBe(12);
  });
});
