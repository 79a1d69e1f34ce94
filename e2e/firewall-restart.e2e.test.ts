import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wrappedBy } from './testkit/firewall/wrapped.ts';
import { allAudit } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const KILLS = 4;
const CALLS_BETWEEN = 40;
const AT_ONCE = 4;
/** Writes down each call that it sees, then answers it. */
const SERVER = `
  const { appendFileSync } = require('node:fs');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === 'tools/call') appendFileSync(process.argv[1], params.arguments.n + '\\n');
    const tools = [{ name: 'count', inputSchema: { type: 'object' } }];
    const result = method === 'tools/call' ? { content: [] } : { tools, capabilities: { tools: {} }, protocolVersion: '2025-11-25', serverInfo: { name: 'c', version: '1' } };
    if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  });`;

type Answer = { id: number; result?: { isError?: boolean; content?: { text?: string }[] }; error?: unknown };

let folder: string;
let stack: Stack;
const env = (): Record<string, string> => ({
  POLICY_PATH: join(folder, 'policy.yml'),
  RECONCILE_AFTER_MS: '1000',
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-restart-'));
  await writeFile(join(folder, 'counted'), '');
  await writeFile(join(folder, 'policy.yml'), 'version: 2\nrules:\n  - { match: "*", decision: allow }\n');
  stack = await startStack({ env: env() });
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A client of one wrapped server, whose calls all get an answer or fail the test. */
function startClient() {
  const {
    command,
    args,
    env: own,
  } = wrappedBy(stack, {
    name: 'counting',
    command: process.execPath,
    args: ['-e', SERVER, join(folder, 'counted')],
  });
  const child = spawn(command, args, { env: own, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (answer: Answer) => void>();
  let doubles = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (!waiting.has(answer.id)) doubles++;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const ask = (id: number, method: string, params: object): Promise<Answer> =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  return {
    initialize: () =>
      ask(1_000_000, 'initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'c', version: '1' },
      }),
    call: (n: number) => ask(n, 'tools/call', { name: 'count', arguments: { n } }),
    doubles: () => doubles,
    async end() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** Calls from `first` on, some at once, until `count` of them were answered with a result. */
async function callAll(
  client: ReturnType<typeof startClient>,
  first: number,
  count: number,
  said: Map<number, string>,
): Promise<number> {
  let next = first;
  let ran = 0;
  const worker = async (): Promise<void> => {
    while (ran < count) {
      const n = next++;
      const { result } = await client.call(n);
      const text = result?.isError ? (result.content?.[0]?.text ?? '') : 'ran';
      said.set(n, text);
      if (text === 'ran') ran++;
      else await new Promise((turn) => setTimeout(turn, 50));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return next;
}

/** How many calls are on record as allowed. */
const allowed = async (): Promise<number> =>
  (await allAudit(stack.url)).filter(
    ({ type, status }) => type === 'aegis.decision.enforced.v1' && status === 'allowed',
  ).length;

it('kill -9 of the firewall: a wrapped server goes on when it is back, each call is answered once, and none runs unrecorded', async () => {
  const client = startClient();
  await client.initialize();
  const said = new Map<number, string>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const { dataDir } = stack;
    const before = stack;
    const restarted = new Promise((turn) => setTimeout(turn, 20 + Math.random() * 60))
      .then(() => before.kill())
      .then(() => startStack({ env: env(), dataDir }));
    next = await callAll(client, next, CALLS_BETWEEN, said);
    stack = await restarted;
    next = await callAll(client, next, 5, said);
  }
  await client.end();

  const reached = (await readFile(join(folder, 'counted'), 'utf8')).trim().split('\n').map(Number);
  expect(new Set(reached).size).toBe(reached.length);
  const saidOf = (words: RegExp): number[] => [...said].flatMap(([n, text]) => (words.test(text) ? [n] : []));
  const [ran, unknown, denied] = [
    saidOf(/^ran$/),
    saidOf(/^Nobody knows how this call ended/),
    saidOf(/^AegisMCP can't decide now/),
  ];
  expect(ran.length + unknown.length + denied.length).toBe(said.size);
  expect(ran.filter((n) => !reached.includes(n))).toEqual([]);
  expect(denied.filter((n) => reached.includes(n))).toEqual([]);
  expect(denied.length).toBeGreaterThan(0);
  expect(client.doubles()).toBe(0);

  await expect.poll(allowed).toBeGreaterThanOrEqual(reached.length);
}, 240_000);
