import type { Machine } from './machine.ts';
import type { Plan, Sample } from './rounds.ts';
import { type Goal, goals, type Row, summarize } from './summary.ts';
import { type Column, formatTable } from './table.ts';

export type Report = {
  machine: Machine;
  versions: Record<string, string>;
  plan: Plan;
  rows: Row[];
  goals: Goal[];
  samples: readonly Sample[];
};

export function makeReport(
  about: Pick<Report, 'machine' | 'versions' | 'plan'>,
  samples: readonly Sample[],
): Report {
  const rows = summarize(samples);
  return { ...about, rows, goals: goals(rows), samples };
}

const times = (ratio: number | undefined): string => (ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`);

const COLUMNS: readonly Column[] = [
  { head: 'connections', align: 'right' },
  { head: 'target', align: 'left' },
  { head: 'req/s', align: 'right' },
  { head: 'p50 ms', align: 'right' },
  { head: 'p99 ms', align: 'right' },
  { head: 'to Cerbos', align: 'right' },
  { head: 'to bare Fastify', align: 'right' },
];
const toCells = (row: Row): string[] => [
  String(row.connections),
  row.target,
  Math.round(row.perSecond).toLocaleString('en'),
  row.p50.toFixed(2),
  row.p99.toFixed(2),
  times(row.toCerbos),
  times(row.toBare),
];

/** The rows as a Markdown table. */
export const toTable = (rows: readonly Row[]): string => formatTable(COLUMNS, rows.map(toCells));

/** The report as Markdown, ready for `bench/results/`. */
export function toMarkdown({ machine, versions, plan, rows, goals: wanted }: Report): string {
  const facts = [
    `${machine.cores} cores, ${machine.cpu}, ${machine.platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `JetStream on ${machine.filesystem} with sync_interval: always: an enforce is on disk before it is answered`,
    `${plan.rounds} rounds of ${plan.seconds} s, medians; the load generator is a process on the same machine`,
  ];
  const reached = wanted.map((g) => `- ${g.reached ? 'reached' : 'MISSED'}: ${g.what} (${g.measured})`);
  return [
    `# Checks and enforces over HTTP, ${machine.date}`,
    '',
    ...facts.map((fact) => `- ${fact}`),
    '',
    toTable(rows),
    '',
    ...reached,
    ...(reached.length === 0 ? [] : ['']),
  ].join('\n');
}
