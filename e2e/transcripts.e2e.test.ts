import { Buffer } from 'node:buffer';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from '@aegis/testkit/conformance/media';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit } from './testkit/rest.ts';
import { startOpenStack } from './testkit/ruled-stack.ts';
import type { Stack } from './testkit/stack.ts';
import { everythingScript } from './testkit/transcript/everything-script.ts';
import { filesystemScript } from './testkit/transcript/filesystem-script.ts';
import { memoryScript } from './testkit/transcript/memory-script.ts';
import { play, type Step } from './testkit/transcript/play.ts';
import type { Command } from './testkit/transcript/raw-client.ts';
import { lookWithV1, lookWithV2 } from './testkit/transcript/real-clients.ts';
import { referenceServer, wrapped } from './testkit/transcript/servers.ts';
import { steadyLine } from './testkit/transcript/steady-lines.ts';

/** What the firewall decides on and records; all else only passes. */
const DECIDED = [
  'tools/call',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/get',
  'completion/complete',
];
const countDecided = (steps: readonly Step[]): number =>
  steps.filter(({ send }) => typeof send !== 'function' && DECIDED.includes(send.method)).length;

let stack: Stack;
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  stack = await startOpenStack();
  folder = await mkdtemp(join(tmpdir(), 'aegis-transcripts-'));
  env = { PATH: process.env['PATH'] ?? '', HOME: folder };
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** How many calls to this server are on record as allowed. */
async function countRecorded(server: string): Promise<number> {
  const entries = await allAudit(stack.url);
  const isAllowed = ({ type, status, tool }: (typeof entries)[number]) =>
    type === 'aegis.decision.enforced.v1' && status === 'allowed' && tool?.startsWith(`${server}.`);
  return entries.filter(isAllowed).length;
}

/** The same script to the server itself and to the firewall in front of it; `prepare` brings back the start. */
async function playTwice(name: string, command: Command, steps: readonly Step[], prepare = async () => {}) {
  await prepare();
  const direct = await play(command, steps);
  await prepare();
  const through = await play(wrapped(name, command, stack.dataDir), steps);
  expect(direct.lines.length).toBeGreaterThanOrEqual(steps.length - 2);
  expect(through.lines.map(steadyLine)).toEqual(direct.lines.map(steadyLine));
  expect(through.code).toBe(direct.code);
  const [greeting = ''] = direct.stderr.split('\n');
  expect(through.stderr).toContain(greeting);
  await expect.poll(() => countRecorded(name)).toBe(countDecided(steps));
}

describe('a client of a server behind the firewall gets the lines that the server sends', () => {
  it('from server-everything, for every method it has', async () => {
    await playTwice('everything', referenceServer('everything', [], env), everythingScript());
  });

  it('from server-filesystem, for every tool it has', async () => {
    const files = join(folder, 'files');
    await playTwice(
      'filesystem',
      referenceServer('filesystem', [files], env),
      filesystemScript(files),
      async () => {
        await rm(files, { recursive: true, force: true });
        await mkdir(files);
        await writeFile(join(files, 'pixel.png'), Buffer.from(PNG.data, 'base64'));
      },
    );
  });

  it('from server-memory, for every tool it has', async () => {
    const path = join(folder, 'memory.jsonl');
    await playTwice(
      'memory',
      referenceServer('memory', [], { ...env, MEMORY_FILE_PATH: path }),
      memoryScript(),
      () => rm(path, { force: true }),
    );
  });
});

describe.each([
  ["the SDK's v2 client", lookWithV2],
  ["the SDK's v1 client", lookWithV1],
])('%s', (kind, look) => {
  it('lists, calls, reads and gets the same through the firewall as without it', async () => {
    const server = referenceServer('everything', [], env);
    const direct = await look(server);
    expect(Object.keys(direct)).toHaveLength(6);
    const name = kind.includes('v2') ? 'for-v2' : 'for-v1';
    expect(await look(wrapped(name, server, stack.dataDir))).toEqual(direct);
    await expect.poll(() => countRecorded(name)).toBe(5);
  });
});
