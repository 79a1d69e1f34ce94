import { mkdir, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeIdentityKey } from '@aegis/kit/keys';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer } from '@aegis/testkit/nats-server';
import { recordAgent } from '../services/gateway/src/testkit/agents.ts';
import { percentile } from './percentile.ts';
import { AEGIS_POLICY, MEASURED } from './questions.ts';
import { startStack } from './targets/aegis.ts';

const RESULTS = fileURLToPath(new URL('./results', import.meta.url));
const WARM_UP = 2_000;
const AGENTS = 1_000;
/** Looks at a key that are timed together: one is too short for the clock. */
const LOOKS = 500;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, pairs: { type: 'string', default: '300' } },
});
const rounds = Number(values.rounds);
const pairs = Number(values.pairs);

type Target = { readonly url: URL; readonly key: string | undefined; readonly agent: Agent };

const target = (origin: string, key?: string): Target => ({
  url: new URL('/guard/check', origin),
  key,
  agent: new Agent({ keepAlive: true, maxSockets: 1 }),
});

/** How long one check takes, in milliseconds, over one connection. @throws Error where it is not allowed */
function check({ url, key, agent }: Target): Promise<number> {
  const body = JSON.stringify(MEASURED.call);
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const began = performance.now();
  request(url, { method: 'POST', agent, headers }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
    response.on('end', () => {
      if (text.includes('"allowed":true')) resolve(performance.now() - began);
      else reject(new Error(`a check was answered with ${text}`));
    });
  })
    .on('error', reject)
    .end(body);
  return promise;
}

/** A replica that knows a thousand agents, and the key of one of them. */
async function knowing(): Promise<{ look: () => Promise<number>; stop: () => Promise<void> }> {
  const server = await startNatsServer();
  const policy = await connectTestBus(server, 'policy');
  const bus = await connectTestBus(server, 'gateway');
  const key = makeIdentityKey();
  for (let n = 1; n < AGENTS; n++) await recordAgent(policy, `agent-${n}`, makeIdentityKey());
  await recordAgent(policy, 'measured', key);
  const replica = createIdentityReplica(bus, { now: () => new Date() });
  await replica.start();
  return {
    /** How long a request's two looks at its key take, in milliseconds. */
    async look() {
      const began = performance.now();
      for (let n = 0; n < LOOKS; n++) {
        await replica.agentOf(key);
        await replica.agentOf(key);
      }
      return (performance.now() - began) / LOOKS;
    },
    async stop() {
      await replica.stop();
      await Promise.all([bus.close(), policy.close()]);
      await server.stop();
    },
  };
}

const median = (times: readonly number[]): number => percentile(Float64Array.from(times).toSorted(), 0.5);

/** The medians of a round, in which one check of each comes after the other. */
async function round(targets: readonly Target[]): Promise<number[]> {
  const times = targets.map((): number[] => []);
  for (let n = 0; n < pairs; n++)
    for (const [i] of targets.entries()) {
      const at = (i + n) % targets.length;
      times[at]?.push(await check(targets[at] as Target));
    }
  return times.map(median);
}

const temporary = join(RESULTS, `data-${process.pid}.tmp`);
await mkdir(join(temporary, 'with'), { recursive: true });
await mkdir(join(temporary, 'without'), { recursive: true });
const [withKey, without] = [
  await startStack(join(temporary, 'with'), AEGIS_POLICY),
  await startStack(join(temporary, 'without'), AEGIS_POLICY),
];
const keys = await knowing();
try {
  const key = withKey.createKey('measured');
  // Each stack has as much to do as the other, and is measured beside itself.
  const targets = [withKey, without, without, withKey].map(({ gatewayUrl }) =>
    target(gatewayUrl, gatewayUrl === withKey.gatewayUrl ? key : undefined),
  );
  for (const one of targets) for (let n = 0; n < WARM_UP; n++) await check(one);
  const all: number[][] = [];
  const looks: number[] = [];
  for (let n = 0; n < 10; n++) await keys.look();
  for (let n = 0; n < rounds; n++) {
    all.push(await round(targets));
    looks.push(await keys.look());
  }
  const [keyed = Number.NaN, plain = Number.NaN] = [0, 1].map((at) => median(all.map((one) => one[at] ?? 0)));
  const ratios = (at: number): number => median(all.map((one) => (one[at] ?? 0) / (one[1] ?? 0)));
  console.log(`a check, p50 of ${pairs} in each of ${rounds} rounds, in turns, in ms:`);
  console.log(`  with a key ${keyed.toFixed(3)}, without ${plain.toFixed(3)}`);
  const share = median(all.map(([one = Number.NaN], n) => (looks[n] ?? Number.NaN) / one));
  console.log(`  of it the two looks at the key, among ${AGENTS} agents: ${median(looks).toFixed(4)}`);
  console.log(`  the looks to the check: ${(100 * share).toFixed(2)} %`);
  console.log(`  with a key to without: ${ratios(0).toFixed(3)}`);
  console.log(`  without to itself:     ${ratios(2).toFixed(3)}`);
  for (const { agent } of targets) agent.destroy();
} finally {
  await Promise.all([withKey.stop(), without.stop(), keys.stop()]);
  await rm(temporary, { recursive: true, force: true });
}
