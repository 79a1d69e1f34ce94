import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { type MemoryPoint, watchMemory } from './proxy/memory.ts';
import { makeProxyReport, type ProxyReport, toProxyMarkdown } from './proxy/report.ts';
import { type ProxyPlan, runProxyRounds } from './proxy/rounds.ts';
import { type Bench, startBench } from './proxy/targets.ts';

const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

type Options = { plan: ProxyPlan; save: boolean };

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '15' },
      'calls-per-round': { type: 'string', default: '200' },
      calls: { type: 'string', default: '100000' },
      save: { type: 'boolean', default: false },
    },
  });
  const plan = {
    rounds: Number(values.rounds),
    callsPerRound: Number(values['calls-per-round']),
    memoryCalls: Number(values.calls),
  };
  return { plan, save: values.save };
}

const showPoint = ({ calls, wrapMib, stackMib }: MemoryPoint): void =>
  console.log(
    `  ${calls.toLocaleString('en').padStart(9)} calls: aegis wrap ${wrapMib.toFixed(1)} MiB, all services ${stackMib.toFixed(1)} MiB`,
  );

async function measureMemory(bench: Bench, calls: number): Promise<MemoryPoint[]> {
  if (calls === 0) return [];
  const channel = await bench.openWrap();
  try {
    return await watchMemory(channel, bench.stack.pid, calls, showPoint);
  } finally {
    await channel.close();
  }
}

async function run(dataDir: string, plan: ProxyPlan, stops: (() => Promise<void>)[]): Promise<ProxyReport> {
  console.log('Starting:');
  const bench = await startBench(dataDir, stops);
  console.log('Measuring calls:');
  const samples = await runProxyRounds(bench.targets, plan, (round) =>
    console.log(`  round ${round + 1} of ${plan.rounds}`),
  );
  console.log('Measuring memory:');
  const memory = await measureMemory(bench, plan.memoryCalls);
  const about = { machine: await describeMachine(dataDir), versions: bench.versions, plan };
  return makeProxyReport(about, samples, memory);
}

async function save(report: ProxyReport): Promise<void> {
  await writeFile(join(RESULTS, `proxy-${report.machine.date}.md`), toProxyMarkdown(report));
  await writeFile(join(RESULTS, 'proxy.json'), `${JSON.stringify(report, null, 2)}\n`);
}

const options = readOptions();
/** On the disk of the checkout: in a file system in memory a durable write would cost nothing. */
const temporary = join(RESULTS, `data-${process.pid}.tmp`);
await mkdir(temporary, { recursive: true });
// So that the children's own exit handlers run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const stops: (() => Promise<void>)[] = [];
try {
  const report = await run(temporary, options.plan, stops);
  console.log(`\n${toProxyMarkdown(report)}`);
  if (options.save) await save(report);
} finally {
  for (const stop of stops) await stop();
  await rm(temporary, { recursive: true, force: true });
}
