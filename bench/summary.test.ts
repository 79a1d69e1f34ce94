import { describe, expect, it } from 'vitest';
import type { Sample } from './rounds.ts';
import { BARE, CERBOS, goals, median, summarize } from './summary.ts';

const sample = (target: string, connections: number, round: number, perSecond: number, p50 = 1): Sample => ({
  target,
  connections,
  round,
  perSecond,
  p50,
  p99: p50 * 2,
  requests: perSecond,
  failures: 0,
});

/** A quiet round, one in which the machine does half as much, and one in which it does a tenth. */
const samples = [1, 0.5, 0.1].flatMap((speed, round) => [
  sample('aegis check', 64, round, 9000 * speed),
  sample('aegis enforce', 64, round, 2800 * speed),
  sample(CERBOS, 64, round, 4000 * speed),
  sample(BARE, 64, round, 18_000 * speed),
]);

const atOne = (checkP50: number, cerbosP50: number) => [
  sample('aegis check', 1, 0, 1000, checkP50),
  sample(CERBOS, 1, 0, 1000, cerbosP50),
];

describe('median', () => {
  it('is the middle one, or halfway between the two middle ones', () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('the rows', () => {
  it('have the medians over the rounds', () => {
    const [check] = summarize([
      sample('aegis check', 1, 0, 100, 5),
      sample('aegis check', 1, 1, 300, 1),
      sample('aegis check', 1, 2, 200, 3),
    ]);
    expect(check).toEqual({ target: 'aegis check', connections: 1, perSecond: 200, p50: 3, p99: 6 });
  });

  it('compare within each round, so that a slow round changes no ratio', () => {
    const [check, enforce, cerbos] = summarize(samples);
    expect(check?.toCerbos).toBeCloseTo(2.25);
    expect(check?.toBare).toBeCloseTo(0.5);
    expect(enforce?.toCerbos).toBeCloseTo(0.7);
    expect(cerbos?.toCerbos).toBe(1);
    const alone = summarize([...samples, sample('aegis check', 64, 3, 1)]);
    expect(alone[0]?.toCerbos).toBeCloseTo(2.25);
  });

  it('keep connections apart, few first', () => {
    const rows = summarize([sample(CERBOS, 64, 0, 4000), sample(CERBOS, 1, 0, 1000)]);
    expect(rows.map(({ connections, perSecond }) => [connections, perSecond])).toEqual([
      [1, 1000],
      [64, 4000],
    ]);
  });
});

describe('the goals', () => {
  it('are reached where each figure is', () => {
    const reached = goals(summarize([...samples, ...atOne(0.4, 0.6)]));
    expect(reached.map((goal) => [goal.measured, goal.reached])).toEqual([
      ['2.25 ×', true],
      ['0.40 ms and 0.60 ms', true],
      ['0.70 ×', true],
    ]);
  });

  it('are missed by a little less', () => {
    const slower = samples.map((s) => (s.target === CERBOS ? { ...s, perSecond: s.perSecond * 1.2 } : s));
    const missed = goals(summarize([...slower, ...atOne(0.6, 0.6)]));
    expect(missed.map((goal) => goal.reached)).toEqual([false, false, false]);
  });

  it('are none where Cerbos did not run, and neither is its ratio', () => {
    const rows = summarize(samples.filter((s) => s.target !== CERBOS));
    expect(goals(rows)).toEqual([]);
    expect(rows.map((row) => row.toCerbos)).toEqual([undefined, undefined, undefined]);
    expect(rows[0]?.toBare).toBeCloseTo(0.5);
  });
});
