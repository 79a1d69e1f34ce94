import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';
import { get } from '../testkit/rest.ts';
import { startOpenStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const PARAMS = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c', version: '1' } };
const INITIALIZE = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: PARAMS });
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

let stack: Stack;
let server: Server;
let folder: string;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-hunt-06-'));
  stack = await startOpenStack();
  server = createServer((request, response) => {
    const result = { ...PARAMS, serverInfo: { name: 's', version: '1' } };
    response.writeHead(200, { 'content-type': 'application/json' });
    request.resume().once('end', () => response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result })));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
});
afterAll(async () => {
  await stack.stop();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const aegis = (...args: string[]) => runAegis(args, { env: { HOME: folder, AEGIS_DATA_DIR: stack.dataDir } });
const ask = async (address: string) => {
  const answer = await fetch(address, { method: 'POST', headers: HEADERS, body: INITIALIZE });
  return { status: answer.status, body: await answer.text() };
};

it('entries that the firewall can’t carry are left, and the good server beside them is served', async () => {
  const odd = {
    socket: { url: 'ws://127.0.0.1:9/mcp' },
    bare: { url: 'localhost:9/mcp' },
    number: { url, headers: { 'X-Tenant': 42 } },
    none: { url, headers: null },
    older: { type: 'sse', url },
    helper: { url, headersHelper: '/opt/bin/print-headers' },
    signin: { url, oauth: { clientId: 'abc' } },
  };
  const file = join(folder, 'mcp.json');
  await writeFile(file, JSON.stringify({ mcpServers: { good: { httpUrl: url }, ...odd } }));
  const { code, stdout } = await aegis('protect', file);
  expect([code, stdout]).toEqual([1, expect.stringContaining('7 of 8 servers are not:')]);
  for (const name of Object.keys(odd)) expect(stdout).toContain(`  ${name}: left as it is, because `);
  const { mcpServers } = JSON.parse(await readFile(file, 'utf8')) as { mcpServers: Record<string, unknown> };
  expect(mcpServers).toEqual({ good: { httpUrl: `${stack.mcpUrl}/good` }, ...odd });
  await expect.poll(() => ask(`${stack.mcpUrl}/good`), { timeout: 10_000 }).toMatchObject({ status: 200 });
});

it('an odd entry of the servers file is named in health and in its answer, and stops no other', async () => {
  const { mcp_servers_path: path } = JSON.parse(
    await readFile(join(stack.dataDir, 'stack.json'), 'utf8'),
  ) as { mcp_servers_path: string };
  const mcpServers = { odd: { url: 'ws://127.0.0.1:9/mcp' }, late: { url } };
  await writeFile(path, JSON.stringify({ mcpServers }));
  await expect.poll(() => ask(`${stack.mcpUrl}/late`), { timeout: 10_000 }).toMatchObject({ status: 200 });
  const because = 'mcpServers.odd.url: expected an address that starts with http';
  expect(await ask(`${stack.mcpUrl}/odd`)).toEqual({ status: 503, body: expect.stringContaining(because) });
  const { status, body } = await get(stack.url, '/health');
  expect([status, JSON.stringify(body['warnings'])]).toEqual([200, expect.stringContaining(because)]);
});

it('an address is served with a slash at the end as without: a server’s, and that of the firewall’s own tools', async () => {
  for (const address of [`${stack.mcpUrl}/late/`, `${stack.mcpUrl}/`])
    expect([address, await ask(address)]).toEqual([
      address,
      { status: 200, body: expect.stringContaining('"serverInfo"') },
    ]);
});
