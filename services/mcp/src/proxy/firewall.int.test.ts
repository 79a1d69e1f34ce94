import { fileURLToPath } from 'node:url';
import { data, eventsOf, until, useWorld, world } from '@aegis/firewall/testkit/world';
import { keyDigest } from '@aegis/kit/keys';
import type { ToolResult } from '@aegis/testkit/mcp-clients';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld } from './testkit/world.ts';

const ECHO = fileURLToPath(new URL('../testkit/echo-child.ts', import.meta.url));
const INFO = { name: 'tester', version: '3' };
const requestInit = { headers: { authorization: 'Bearer k' } };

useWorld({
  version: 2,
  rules: [
    { match: 'echo.env', decision: 'deny' },
    { match: 'echo.pid', decision: 'review' },
    { match: '*', decision: 'allow' },
  ],
});

async function start(): Promise<URL> {
  const front = await startWorld({
    servers: { echo: { command: process.execPath, args: [ECHO], aegis: { hold: '5s' } } },
    keys: { ada: keyDigest('k') },
    openGate: (options) => world.firewall.gate(options),
  });
  return new URL(front.urlOf('echo'));
}

type Caller = { list: () => Promise<string[]>; call: (name: string, args?: object) => Promise<ToolResult> };

/** The clients, each with a key. The modern one can't send anybody to a URL, so its calls are held too. */
const CLIENTS: Record<string, (url: URL) => Promise<Caller>> = {
  async v1(url) {
    const client = new ClientV1(INFO);
    await client.connect(new HttpV1(url, { requestInit }));
    onTestFinished(() => client.close());
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args) => (await client.callTool({ name, arguments: { ...args } })) as ToolResult,
    };
  },
  'v2 of the older era': (url) => connect(url, 'legacy'),
  v2: (url) => connect(url, { pin: '2026-07-28' }),
};

async function connect(url: URL, mode: 'legacy' | { pin: string }): Promise<Caller> {
  const client = new Client(INFO, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  onTestFinished(() => client.close());
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: { ...args } })) as ToolResult,
  };
}

const textOf = ({ content }: ToolResult): string => content[0]?.text ?? '';

describe.each(Object.keys(CLIENTS))('%s, through the real firewall', (kind) => {
  const client = async () => await (CLIENTS[kind] as (typeof CLIENTS)[string])(await start());

  it('sees the tools that it may use', async () => {
    const names = await (await client()).list();
    expect(names).toContain('echo');
    expect(names).not.toContain('env');
  });

  it('an allowed call runs, on record with who made it', async () => {
    const { call } = await client();
    expect(textOf(await call('echo', { say: 'hi' }))).toBe('hi');
    const decision = await until(() => eventsOf('aegis.decision.enforced.v1')[0]);
    expect(data(decision)).toMatchObject({
      call: { tool: 'echo.echo', server: 'echo', principal: 'key:ada' },
      client: INFO,
      outcome: 'allowed',
      via: 'proxy',
      dispatch: { method: 'tools/call' },
    });
    await until(() => eventsOf('aegis.call.succeeded.v1')[0]);
  });

  it('a denied call is told why, and does not run', async () => {
    const { call } = await client();
    const result = await call('env', { name: 'HOME' });
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining('echo.env')]);
    const decision = await until(() => eventsOf('aegis.decision.enforced.v1')[0]);
    expect(data(decision)).toMatchObject({ outcome: 'blocked' });
  });

  it('a call that waits for a person runs once it is approved', async () => {
    const { call } = await client();
    const waiting = call('pid');
    await until(() => world.people.approvals.size === 1);
    world.people.approve();
    expect(textOf(await waiting)).toMatch(/^\d+$/);
    expect(world.people.newest().status).toBe('consumed');
  });
});

it('a client that can open a URL is sent to the page of its approval, comes back, and its call runs', async () => {
  const capabilities = { elicitation: { url: {} } };
  const client = new Client(INFO, { capabilities, versionNegotiation: { mode: { pin: '2026-07-28' } } });
  const urls: unknown[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    urls.push((params as { url?: string }).url);
    world.people.approve();
    return { action: 'accept' };
  });
  await client.connect(new StreamableHTTPClientTransport(await start(), { requestInit }));
  onTestFinished(() => client.close());
  const result = (await client.callTool({ name: 'pid', arguments: {} })) as ToolResult;
  expect(textOf(result)).toMatch(/^\d+$/);
  expect(urls).toEqual([`http://127.0.0.1:8000/ui/approvals/${world.people.newest().approval_id}`]);
});
