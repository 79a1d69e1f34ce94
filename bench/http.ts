import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.ts';
import { makeReport, type Report, toMarkdown } from './report.ts';
import { type Plan, runRounds, type Sample } from './rounds.ts';
import { startAegis } from './targets/aegis.ts';
import { startBare } from './targets/bare.ts';
import { startCerbos } from './targets/cerbos.ts';
import type { Running } from './targets/target.ts';
import { verify } from './verify.ts';

const RESULTS = fileURLToPath(new URL('./results', import.meta.url));

function readPlan(): Plan {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '1,64' },
    },
  });
  const connections = values.connections.split(',').map(Number);
  return { rounds: Number(values.rounds), seconds: Number(values.seconds), connections };
}

const showSample = (sample: Sample): void =>
  console.log(
    `  round ${sample.round + 1}  ${String(sample.connections).padStart(3)}  ${sample.target.padEnd(14)}` +
      `${Math.round(sample.perSecond).toString().padStart(7)} req/s  p50 ${sample.p50.toFixed(2)} ms`,
  );

async function startAll(dataDir: string, running: Running[]): Promise<void> {
  running.push(await startAegis(dataDir));
  running.push(await startBare());
  const cerbos = await startCerbos(dataDir);
  if (cerbos) running.push(cerbos);
  else console.log('Cerbos is not installed (its npm package is for Linux on x64): measuring without it.');
}

async function bench(dataDir: string, plan: Plan, running: Running[]): Promise<Report> {
  await startAll(dataDir, running);
  const targets = running.flatMap((one) => one.targets);
  for (const target of targets) await verify(target);
  console.log(`All of ${targets.map(({ name }) => name).join(', ')} answer right; measuring.`);
  const samples = await runRounds(targets, plan, showSample);
  const versions = Object.assign({}, ...running.map((one) => one.versions)) as Record<string, string>;
  return makeReport({ machine: await describeMachine(dataDir), versions, plan }, samples);
}

async function save(report: Report): Promise<void> {
  const markdown = toMarkdown(report);
  console.log(`\n${markdown}`);
  await writeFile(join(RESULTS, `http-${report.machine.date}.md`), markdown);
  await writeFile(join(RESULTS, 'http.json'), `${JSON.stringify(report, null, 2)}\n`);
}

/** On the disk of the checkout: in a file system in memory a durable write would cost nothing. */
const temporary = join(RESULTS, `data-${process.pid}.tmp`);
await mkdir(temporary, { recursive: true });
// So that the children's own exit handlers run.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const running: Running[] = [];
try {
  await save(await bench(temporary, readPlan(), running));
} finally {
  for (const one of running) await one.stop();
  await rm(temporary, { recursive: true, force: true });
}
