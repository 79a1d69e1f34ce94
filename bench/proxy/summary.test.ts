import { describe, expect, it } from 'vitest';
import type { MemoryPoint } from './memory.ts';
import { NAMES, TOPOLOGIES } from './names.ts';
import type { ProxySample } from './rounds.ts';
import { growthOf, proxyGoals, summarizeProxies } from './summary.ts';

const { stdio, http, bridge } = TOPOLOGIES;
const sample = (topology: string, target: string, round: number, p50: number): ProxySample => ({
  topology,
  target,
  round,
  calls: 100,
  p50,
  p99: p50 * 3,
});

/** Three rounds, in the second of which the machine was busy. */
const roundsOf = (topology: string, target: string, p50: number, busy = p50 + 5): ProxySample[] =>
  [p50, busy, p50].map((value, round) => sample(topology, target, round, value));

const memoryOf = (...mib: number[]): MemoryPoint[] =>
  mib.map((wrapMib, index) => ({ calls: index * 10_000, wrapMib, stackMib: 200 }));

describe('the rows', () => {
  const rows = summarizeProxies([
    ...roundsOf(stdio, NAMES.direct, 0.2),
    ...roundsOf(stdio, NAMES.wrap, 0.9),
    ...roundsOf(http, NAMES.direct, 0.5),
    ...roundsOf(http, NAMES.aegis, 1),
    ...roundsOf(http, NAMES.civic, 2, 12),
    ...roundsOf(bridge, NAMES.aegis, 1),
    ...roundsOf(bridge, 'mcp-proxy', 0.8, 4.8),
  ]);
  const find = (topology: string, target: string) =>
    rows.find((row) => row.topology === topology && row.target === target);

  it('say what is added to the direct way of the same topology and the same round', () => {
    expect(find(stdio, NAMES.wrap)?.added).toBeCloseTo(0.7);
    expect(find(http, NAMES.aegis)?.added).toBeCloseTo(0.5);
    const slowest = [
      sample(stdio, NAMES.direct, 0, 1),
      sample(stdio, NAMES.wrap, 0, 2),
      sample(stdio, NAMES.wrap, 1, 90),
    ];
    expect(summarizeProxies(slowest)[1]?.added).toBe(1);
  });

  it('have nothing added where there is no direct way, nor for the direct way itself', () => {
    expect(find(bridge, NAMES.aegis)).not.toHaveProperty('added');
    expect(find(stdio, NAMES.direct)).not.toHaveProperty('added');
  });

  it('compare with the firewall in the same topology', () => {
    expect(find(http, NAMES.civic)?.toAegis).toBeCloseTo(2);
    expect(find(bridge, 'mcp-proxy')?.toAegis).toBeCloseTo(0.8);
    expect(find(stdio, NAMES.wrap)?.toAegis).toBe(1);
  });

  it('have the medians over the rounds', () => {
    expect(find(http, NAMES.civic)).toMatchObject({ p50: 2, p99: 6 });
  });
});

describe('the growth of the memory', () => {
  it('is that of the last third over the middle one, so that a start-up does not count', () => {
    expect(growthOf(memoryOf(50, 80, 95, 100, 101, 100, 102, 101, 100))).toBe(1);
    expect(growthOf(memoryOf(50, 60, 70, 80, 90, 100, 110, 120, 130))).toBe(30);
    expect(growthOf([])).toBeUndefined();
  });
});

const goalsAt = (wrap: number, background: number, own: number, memory: MemoryPoint[]) =>
  proxyGoals(
    summarizeProxies([
      ...roundsOf(stdio, NAMES.direct, 0.2),
      ...roundsOf(stdio, NAMES.wrap, 0.2 + wrap),
      ...roundsOf(stdio, NAMES.background, 0.2 + background),
      ...roundsOf(http, NAMES.aegis, own),
      ...roundsOf(http, NAMES.civic, 2),
    ]),
    memory,
  );

describe('the goals', () => {
  it('are reached where each figure is', () => {
    const reached = goalsAt(1, 0.25, 1.9, memoryOf(80, 80, 80));
    expect(reached.map((goal) => [goal.measured, goal.reached])).toEqual([
      ['1.00 ms', true],
      ['0.25 ms', true],
      ['1.90 ms and 2.00 ms', true],
      ['0.0 MiB from the middle third to the last', true],
    ]);
  });

  it('are missed by a little more', () => {
    const missed = goalsAt(1.2, 0.35, 2, memoryOf(80, 80, 97));
    expect(missed.map(({ reached }) => reached)).toEqual([false, false, false, false]);
  });

  it('are none for what was not measured', () => {
    expect(proxyGoals([], [])).toEqual([]);
  });
});
