import type { Sample } from './rounds.ts';

/** What a row is compared with, by the target's name. */
export const CERBOS = 'Cerbos';
export const BARE = 'bare Fastify';

/** One target at one number of connections: medians over the rounds. A ratio is missing where the other did not run. */
export type Row = {
  target: string;
  connections: number;
  perSecond: number;
  p50: number;
  p99: number;
  /** Requests a second, as a share of the other's in the same round. */
  toCerbos?: number;
  toBare?: number;
};

export type Goal = { what: string; reached: boolean; measured: string };

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('no values');
  return (low + high) / 2;
}

/** The median of the ratios round by round: what slowed a whole round down cancels out. */
function ratio(samples: readonly Sample[], of: readonly Sample[], to: string): number | undefined {
  const ratios = of.flatMap(({ perSecond, connections, round }) => {
    const other = samples.find((s) => s.target === to && s.connections === connections && s.round === round);
    return other === undefined ? [] : [perSecond / other.perSecond];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}

function toRow(samples: readonly Sample[], of: readonly Sample[]): Row {
  const [first] = of;
  if (first === undefined) throw new RangeError('no samples');
  const toCerbos = ratio(samples, of, CERBOS);
  const toBare = ratio(samples, of, BARE);
  return {
    target: first.target,
    connections: first.connections,
    perSecond: median(of.map((s) => s.perSecond)),
    p50: median(of.map((s) => s.p50)),
    p99: median(of.map((s) => s.p99)),
    ...(toCerbos === undefined ? {} : { toCerbos }),
    ...(toBare === undefined ? {} : { toBare }),
  };
}

/** One row a target and number of connections, in the order of the first round. */
export function summarize(samples: readonly Sample[]): Row[] {
  const groups = Map.groupBy(samples, ({ target, connections }) => `${connections} ${target}`);
  return [...groups.values()]
    .map((of) => toRow(samples, of))
    .toSorted((a, b) => a.connections - b.connections);
}

/** What the project wants to reach beside Cerbos on two cores; empty where Cerbos did not run. */
export function goals(rows: readonly Row[]): Goal[] {
  const at = (target: string, connections: number) =>
    rows.find((row) => row.target === target && row.connections === connections);
  const atLeast = (what: string, row: Row | undefined, least: number): Goal[] =>
    row?.toCerbos === undefined
      ? []
      : [{ what, reached: row.toCerbos >= least, measured: `${row.toCerbos.toFixed(2)} ×` }];
  const [check, cerbos] = [at('aegis check', 1), at(CERBOS, 1)];
  const below =
    check === undefined || cerbos === undefined
      ? []
      : [
          {
            what: 'check, 1 connection: p50 below that of Cerbos',
            reached: check.p50 < cerbos.p50,
            measured: `${check.p50.toFixed(2)} ms and ${cerbos.p50.toFixed(2)} ms`,
          },
        ];
  return [
    ...atLeast('check, 64 connections: at least 2 × Cerbos', at('aegis check', 64), 2),
    ...below,
    ...atLeast('enforce, 64 connections: at least 0.7 × the checks of Cerbos', at('aegis enforce', 64), 0.7),
  ];
}
