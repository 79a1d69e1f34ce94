import { type Goal, median } from '../summary.ts';
import type { MemoryPoint } from './memory.ts';
import { NAMES, TOPOLOGIES } from './names.ts';
import type { ProxySample } from './rounds.ts';

/** One target of one topology: medians over the rounds, in milliseconds. */
export type ProxyRow = {
  topology: string;
  target: string;
  p50: number;
  p99: number;
  /** More than without anything in between, round by round; missing where that can't be measured. */
  added?: number;
  /** The p50 as a share of the firewall's own in the same topology, round by round. */
  toAegis: number;
};

const OWN: readonly string[] = [NAMES.wrap, NAMES.aegis];

/** The median of what `compare` makes of this target's p50 and of the other's in the same round. */
function comparedWith(
  of: readonly ProxySample[],
  others: readonly ProxySample[],
  compare: (p50: number, other: number) => number,
): number | undefined {
  const values = of.flatMap(({ round, p50 }) => {
    const other = others.find((sample) => sample.round === round);
    return other === undefined ? [] : [compare(p50, other.p50)];
  });
  return values.length === 0 ? undefined : median(values);
}

function toRow(of: readonly ProxySample[], topology: readonly ProxySample[]): ProxyRow {
  const [first] = of;
  if (first === undefined) throw new RangeError('no samples');
  const direct = topology.filter(({ target }) => target === NAMES.direct);
  const own = topology.filter(({ target }) => OWN.includes(target));
  const added = comparedWith(of, direct, (p50, other) => p50 - other);
  return {
    topology: first.topology,
    target: first.target,
    p50: median(of.map(({ p50 }) => p50)),
    p99: median(of.map(({ p99 }) => p99)),
    ...(added === undefined || first.target === NAMES.direct ? {} : { added }),
    toAegis: comparedWith(of, own, (p50, other) => p50 / other) ?? Number.NaN,
  };
}

/** One row a target, in the order of the first round. */
export function summarizeProxies(samples: readonly ProxySample[]): ProxyRow[] {
  return [...Map.groupBy(samples, ({ topology }) => topology).values()].flatMap((topology) =>
    [...Map.groupBy(topology, ({ target }) => target).values()].map((of) => toRow(of, topology)),
  );
}

/** Growth that counts as none: a heap breathes by more than this within ten thousand calls. */
const FLAT_WITHIN_MIB = 16;

/** How much the last third of a run lies above its middle third, in MiB: what a start-up needs is over by then. */
export function growthOf(points: readonly MemoryPoint[]): number | undefined {
  const third = Math.floor(points.length / 3);
  if (third === 0) return undefined;
  const rss = points.map(({ wrapMib }) => wrapMib);
  return median(rss.slice(-third)) - median(rss.slice(-2 * third, -third));
}

/** What the project wants to reach. */
export function proxyGoals(rows: readonly ProxyRow[], memory: readonly MemoryPoint[]): Goal[] {
  const find = (topology: string, name: string) =>
    rows.find((row) => row.topology === topology && row.target === name);
  const addsAtMost = (name: string, most: number): Goal[] => {
    const added = find(TOPOLOGIES.stdio, name)?.added;
    if (added === undefined) return [];
    const what = `${name} over stdio: adds at most ${most.toFixed(1)} ms to the p50`;
    return [{ what, reached: added <= most, measured: `${added.toFixed(2)} ms` }];
  };
  const [own, civic] = [find(TOPOLOGIES.http, NAMES.aegis), find(TOPOLOGIES.http, NAMES.civic)];
  const belowCivic = {
    what: 'AegisMCP over HTTP: p50 below that of civic passthrough',
    reached: (own?.p50 ?? Number.NaN) < (civic?.p50 ?? Number.NaN),
    measured: `${own?.p50.toFixed(2)} ms and ${civic?.p50.toFixed(2)} ms`,
  };
  const growth = growthOf(memory);
  const flat = {
    what: `memory of aegis wrap is flat over ${memory.at(-1)?.calls.toLocaleString('en')} calls`,
    reached: growth !== undefined && growth <= FLAT_WITHIN_MIB,
    measured: `${growth?.toFixed(1)} MiB from the middle third to the last`,
  };
  return [
    ...addsAtMost(NAMES.wrap, 1.1),
    ...addsAtMost(NAMES.background, 0.3),
    ...(own && civic ? [belowCivic] : []),
    ...(growth === undefined ? [] : [flat]),
  ];
}
