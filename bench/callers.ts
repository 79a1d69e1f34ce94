import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KINDS, type Kind, type Where } from './callers/worst.ts';
import type { LoadResult } from './load.ts';
import { measure } from './measure.ts';
import { AEGIS_POLICY, MEASURED } from './questions.ts';
import { startStack } from './targets/aegis.ts';

const WORST = fileURLToPath(new URL('./callers/worst.ts', import.meta.url));
const RESULTS = fileURLToPath(new URL('./results', import.meta.url));
/** What is on record before anything is measured, so that there is something to search. */
const RECORD_SECONDS = 4;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '5' }, only: { type: 'string' } },
});
const seconds = Number(values.seconds);
const kinds = KINDS.filter((kind) => values.only === undefined || kind.includes(values.only));

/** One caller who asks one question after the other, and waits for each answer. */
const innocent = ({ gatewayUrl, key }: Where, connections = 1): Promise<LoadResult> =>
  measure({
    url: `${gatewayUrl}/guard/enforce`,
    body: JSON.stringify(MEASURED.call),
    key,
    allowedMark: '"allowed":true',
    connections,
    seconds: connections === 1 ? seconds : RECORD_SECONDS,
  });

async function beside(kind: Kind, where: Where, worst: string): Promise<LoadResult> {
  const child = fork(WORST, { execArgv: [] });
  try {
    child.send({ kind, where: { ...where, key: worst } });
    await once(child, 'message');
    return await innocent(where);
  } finally {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

const ms = (value: number): string => value.toFixed(2).padStart(9);

const temporary = join(RESULTS, `data-${process.pid}.tmp`);
await mkdir(temporary, { recursive: true });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const stack = await startStack(temporary, AEGIS_POLICY);
try {
  const where = { ...stack, key: stack.createKey('measured') };
  const worst = stack.createKey('worst');
  await innocent(where, 64);
  console.log(
    "While one caller sends the worst that is accepted: another's enforce, one after the other, in ms.",
  );
  console.log(`${''.padEnd(20)}      p50      p99    p99 alone    ratio`);
  for (const kind of kinds) {
    const alone = await innocent(where);
    const shared = await beside(kind, where, worst);
    const ratio = (shared.p99 / alone.p99).toFixed(1);
    console.log(
      `${kind.padEnd(20)}${ms(shared.p50)}${ms(shared.p99)}${ms(alone.p99).padStart(13)}${ratio.padStart(9)}`,
    );
  }
} finally {
  await stack.stop();
  await rm(temporary, { recursive: true, force: true });
}
