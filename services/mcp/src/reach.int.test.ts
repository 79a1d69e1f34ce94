import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectBus } from '@aegis/bus';
import { parseEnv } from '@aegis/kit/env';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { McpEnv } from './config.ts';
import { createMcp } from './service.ts';
import { quiet } from './testkit/stand-ins.ts';

let nats: TestNatsServer;
let bus: Bus;
let folder: string;
let said: string[];

beforeAll(async () => {
  nats = await startNatsServer();
  bus = await connectBus({ url: nats.url, identity: 'mcp', seedPath: `${nats.keysDir}/mcp.nk`, log: quiet });
  folder = await mkdtemp(join(tmpdir(), 'aegis-reach-'));
});
afterAll(async () => {
  await bus.close();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

const create = (env: Record<string, string>) => {
  said = [];
  const log = Object.assign(Object.create(quiet) as typeof quiet, {
    info: (line: unknown) => void said.push(String(line)),
  });
  const config = parseEnv(McpEnv, { MCP_PORT: '0', MCP_SERVERS: join(folder, 'none.json'), ...env });
  return createMcp({ bus, config, log, now: () => new Date() });
};

const MAKES = 'while no agent has a key: "aegis keys create --name NAME" makes the first one.';

it('says at its start that nobody is asked for a name', async () => {
  const mcp = create({});
  await mcp.start();
  expect(said).toContain(`Nobody is asked for a name, over REST or at /mcp, ${MAKES}`);
  expect(await mcp.whoIsAsked()).toBe('nobody');
  await mcp.stop();
});

it('does not start where other machines would reach it and nobody is asked for a name', async () => {
  const mcp = create({ HOST: '0.0.0.0' });
  await expect(mcp.start()).rejects.toThrow('HOST: 0.0.0.0 can be reached from other machines');
  expect(mcp.address()).toBe('');
  await mcp.stop();
});

it('starts there with keys of the file, which close /mcp, and says that REST asks for none', async () => {
  const MCP_KEYS_FILE = join(folder, 'mcp-keys.json');
  await writeFile(MCP_KEYS_FILE, JSON.stringify({ keys: { laptop: `sha256:${'0'.repeat(64)}` } }));
  const mcp = create({ HOST: '0.0.0.0', MCP_KEYS_FILE });
  await mcp.start();
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const reply = await fetch(mcp.address(), { method: 'POST', headers, body: JSON.stringify(body) });
  expect(reply.status).toBe(401);
  expect(await mcp.whoIsAsked()).toBe('at mcp');
  expect(said).toContain(
    `Keys of mcp-keys.json are asked for at /mcp only, and over REST nobody is asked for a name, ${MAKES}`,
  );
  await mcp.stop();
});
