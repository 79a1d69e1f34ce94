import type { Machine } from '../machine.ts';
import type { Goal } from '../summary.ts';
import { type Column, formatTable } from '../table.ts';
import type { MemoryPoint } from './memory.ts';
import type { ProxyPlan, ProxySample } from './rounds.ts';
import { type ProxyRow, proxyGoals, summarizeProxies } from './summary.ts';

export type ProxyReport = {
  machine: Machine;
  versions: Record<string, string>;
  plan: ProxyPlan;
  rows: ProxyRow[];
  memory: readonly MemoryPoint[];
  goals: Goal[];
  samples: readonly ProxySample[];
};

export function makeProxyReport(
  about: Pick<ProxyReport, 'machine' | 'versions' | 'plan'>,
  samples: readonly ProxySample[],
  memory: readonly MemoryPoint[],
): ProxyReport {
  const rows = summarizeProxies(samples);
  return { ...about, rows, memory, goals: proxyGoals(rows, memory), samples };
}

const LATENCY_COLUMNS: readonly Column[] = [
  { head: 'topology', align: 'left' },
  { head: 'target', align: 'left' },
  { head: 'p50 ms', align: 'right' },
  { head: 'p99 ms', align: 'right' },
  { head: 'added p50 ms', align: 'right' },
  { head: 'p50 to AegisMCP', align: 'right' },
];
const toCells = ({ topology, target, p50, p99, added, toAegis }: ProxyRow): string[] => [
  topology,
  target,
  p50.toFixed(2),
  p99.toFixed(2),
  added === undefined ? '–' : added.toFixed(2),
  `${toAegis.toFixed(2)} ×`,
];

const MEMORY_COLUMNS: readonly Column[] = [
  { head: 'calls', align: 'right' },
  { head: 'aegis wrap, MiB', align: 'right' },
  { head: 'all services, MiB', align: 'right' },
];
const toMemoryCells = ({ calls, wrapMib, stackMib }: MemoryPoint): string[] => [
  calls.toLocaleString('en'),
  wrapMib.toFixed(1),
  stackMib.toFixed(1),
];

/** The report as Markdown, ready for `bench/results/`. */
export function toProxyMarkdown({ machine, versions, plan, rows, memory, goals }: ProxyReport): string {
  const facts = [
    `${machine.cores} cores, ${machine.cpu}, ${machine.platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `JetStream on ${machine.filesystem} with sync_interval: always: but for --record-in-background, a call is on disk before the server gets it`,
    `${plan.rounds} rounds of ${plan.callsPerRound} calls, one after the other, to the echo tool of server-everything; medians over the rounds`,
  ];
  const resident =
    memory.length === 0
      ? []
      : [
          'Resident memory, eight calls at a time:',
          '',
          formatTable(MEMORY_COLUMNS, memory.map(toMemoryCells)),
          '',
        ];
  return [
    `# What a call costs through a proxy, ${machine.date}`,
    '',
    ...facts.map((fact) => `- ${fact}`),
    '',
    formatTable(LATENCY_COLUMNS, rows.map(toCells)),
    '',
    ...resident,
    ...goals.map((goal) => `- ${goal.reached ? 'reached' : 'MISSED'}: ${goal.what} (${goal.measured})`),
    '',
  ].join('\n');
}
