import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenToEvents, type SeenEvent } from './testkit/firewall/decisions.ts';
import { wrappedBy } from './testkit/firewall/wrapped.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const CALLS = 1_000;
const KILLS = 50;
const AT_ONCE = 4;
const COUNTING_SERVER = fileURLToPath(new URL('./testkit/firewall/counting-server.ts', import.meta.url));
const ALLOW_ALL = 'version: 2\nrules:\n  - { match: "*", decision: allow }\n';

/** What the server wrote down: that a call reached it, and then how far the log was. */
type Counted = { n: number; logEnd?: number };
type Ended = { call_id: string };

let folder: string;
let counted: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-crash-'));
  counted = join(folder, 'counted.jsonl');
  const policy = join(folder, 'policy.yml');
  await writeFile(counted, '');
  await writeFile(policy, ALLOW_ALL);
  stack = await startStack({ env: { POLICY_PATH: policy, RECONCILE_AFTER_MS: '1000' } });
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One life of the firewall: calls from `first` on, killed after `lives` of them were answered, or run to the end. */
async function run(first: number, lives: number | undefined, options: string[] = []): Promise<number> {
  const { command, args, env } = wrappedBy(stack, {
    name: 'counting',
    command: process.execPath,
    args: [COUNTING_SERVER, counted, stack.natsUrl, stack.keysDir],
    options: ['--record', 'full', ...options],
  });
  const child: ChildProcess = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const send = (message: object): void => void child.stdin?.write(`${JSON.stringify(message)}\n`);
  child.stdin?.on('error', () => undefined);
  let next = first;
  let answered = 0;
  const call = (): void => {
    if (next >= CALLS) return;
    const params = { name: 'count', arguments: { n: next } };
    send({ jsonrpc: '2.0', id: next++, method: 'tools/call', params });
  };
  const done = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { id } = JSON.parse(line) as { id: number | string };
      if (id === 'hello') {
        for (let k = 0; k < AT_ONCE; k++) call();
        return;
      }
      answered++;
      call();
      if (answered === lives) setTimeout(resolve, Math.random() * 3);
      if (first + answered >= CALLS) resolve();
    });
  });
  const clientInfo = { name: 'crash', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  send({ jsonrpc: '2.0', id: 'hello', method: 'initialize', params });
  await done;
  if (lives !== undefined) child.kill('SIGKILL');
  else child.stdin?.end();
  await exited;
  return next;
}

const lines = async (): Promise<Counted[]> =>
  (await readFile(counted, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Counted);
const reached = async () => (await lines()).filter(({ logEnd }) => logEnd === undefined);
/** The calls of which the server got to know how far the log was when it saw them. */
const lookedAt = async () => (await lines()).filter(({ logEnd }) => logEnd !== undefined);

/** By call, where in the log its decision is. */
const seqByCall = ({ seen }: { seen: readonly SeenEvent[] }): Map<number, number> =>
  new Map(
    seen
      .filter(({ event }) => event.type === 'aegis.decision.enforced.v1')
      .map(({ seq, event }) => [(event.data['recorded_args'] as Counted).n, seq]),
  );

/** Whether the server saw a call when the log did not have its decision yet. */
const isBeforeItsRecord = ({ n, logEnd = 0 }: Counted, recordedAt: Map<number, number>): boolean =>
  !((recordedAt.get(n) ?? Number.POSITIVE_INFINITY) <= logEnd);

describe('kill -9 of the firewall at 50 random moments of 1,000 calls', () => {
  it('lets no call reach the server without its record before it, and none twice', async () => {
    const events = await listenToEvents(stack);
    let next = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const share = Math.floor((CALLS - next) / (KILLS - kill + 1));
      next = await run(next, 1 + Math.floor(Math.random() * (share - AT_ONCE)));
    }
    await run(next, undefined);

    const calls = await reached();
    expect(new Set(calls.map(({ n }) => n)).size).toBe(calls.length);
    expect(calls.length).toBeGreaterThan(CALLS / 2);

    const allowed = events.ofType('aegis.decision.enforced.v1');
    const recordedAt = seqByCall(events);
    expect(allowed).toHaveLength(recordedAt.size);
    expect(calls.filter(({ n }) => !recordedAt.has(n))).toEqual([]);
    const looked = await lookedAt();
    expect(looked.length).toBeGreaterThan(CALLS / 2);
    expect(looked.filter((call) => isBeforeItsRecord(call, recordedAt))).toEqual([]);

    const dispatched = allowed.map(({ data }) => (data['dispatch'] as Ended).call_id);
    const ends = () =>
      events.seen
        .filter(({ subject }) => subject.startsWith('aegis.events.call.'))
        .map(({ event }) => (event.data as Ended).call_id);
    await expect.poll(() => new Set(ends()).size, { timeout: 30_000 }).toBe(dispatched.length);
    expect(ends().toSorted()).toEqual(dispatched.toSorted());
    expect(events.ofType('aegis.call.outcome_unknown.v1').length).toBeGreaterThan(0);
    await events.close();
  }, 240_000);

  it('would see a call that came before its record: those that are recorded in the background do', async () => {
    await writeFile(counted, '');
    const events = await listenToEvents(stack);
    await run(CALLS - 20, undefined, ['--record-in-background']);
    await expect.poll(() => seqByCall(events).size, { timeout: 30_000 }).toBe(20);
    const recordedAt = seqByCall(events);
    const looked = await lookedAt();
    expect(looked.filter((call) => isBeforeItsRecord(call, recordedAt)).length).toBeGreaterThan(0);
    await events.close();
  });
});
