import type { Machine } from './machine.ts';
import type { Plan, Sample } from './rounds.ts';
import { type Goal, goals, type Row, summarize } from './summary.ts';

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

const HEAD = ['connections', 'target', 'req/s', 'p50 ms', 'p99 ms', 'to Cerbos', 'to bare Fastify'];
const toCells = (row: Row): string[] => [
  String(row.connections),
  row.target,
  Math.round(row.perSecond).toLocaleString('en'),
  row.p50.toFixed(2),
  row.p99.toFixed(2),
  times(row.toCerbos),
  times(row.toBare),
];

const isText = (column: number): boolean => HEAD[column] === 'target';

/** A Markdown table whose columns are as wide as their widest cell, numbers to the right. */
export function toTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(toCells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const toLine = (cells: readonly string[]): string => {
    const padded = cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [toLine(HEAD), `| ${rule.join(' | ')} |`, ...lines.slice(1).map(toLine)].join('\n');
}

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
