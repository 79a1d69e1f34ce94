import { Client } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { acceptedContent, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { type Relay, relay } from './testkit/relay.ts';
import { data, eventsOf, gate, until, useWorld, world } from './testkit/world.ts';

const INFO = { name: 'test', version: '1' };
const WHO = z.object({ who: z.string() });
const move = { name: 'move', arguments: { to: 'b' } };
type Result = { isError?: boolean; content: { text: string }[] };

useWorld({
  version: 2,
  rules: [
    { match: '*.move*', decision: 'review' },
    { match: '*.drop', decision: 'deny' },
    { match: '*', decision: 'allow' },
  ],
});

let ran: string[] = [];
let between: Relay | undefined;
let client: Client | ClientV1 | undefined;

function server(): McpServer {
  const made = new McpServer(INFO, { capabilities: { tools: {} } });
  const inputSchema = z.object({ to: z.string() });
  for (const name of ['move', 'drop', 'read']) {
    made.registerTool(name, { description: name, inputSchema }, ({ to }) => {
      ran.push(`${name} ${to}`);
      return { content: [{ type: 'text', text: `${name} ${to}` }] };
    });
  }
  made.registerTool('move_asking', { description: 'asks', inputSchema }, ({ to }, ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'who', WHO);
    if (!answer) {
      const ask = inputRequired.elicit({ message: 'Who?', requestedSchema: WHO });
      return inputRequired({ inputRequests: { who: ask }, requestState: `state of ${to}` });
    }
    ran.push(`asked ${to} ${answer.who} ${String(ctx.mcpReq.requestState())}`);
    return { content: [{ type: 'text', text: answer.who }] };
  });
  return made;
}

async function connectModern(): Promise<{ connected: Client; urls: string[] }> {
  const urls: string[] = [];
  const connected = new Client(INFO, {
    versionNegotiation: { mode: { pin: '2026-07-28' } },
    capabilities: { elicitation: { url: {}, form: {} } },
  });
  connected.setRequestHandler('elicitation/create', ({ params }) => {
    if (params.mode !== 'url') return { action: 'accept', content: { who: 'ann' } };
    urls.push(params.url);
    setTimeout(() => world.people.approve(), 50);
    return { action: 'accept' };
  });
  client = connected;
  between = await relay(server, (askUpstream) => gate({ askUpstream }));
  await connected.connect(between.transport);
  return { connected, urls };
}

afterEach(async () => {
  ran = [];
  await client?.close();
  await between?.close();
});

it('a modern client is sent to the console, and its call runs once', async () => {
  const { connected, urls } = await connectModern();
  expect((await connected.listTools()).tools.map(({ name }) => name)).toEqual([
    'move',
    'read',
    'move_asking',
  ]);
  const result = (await connected.callTool(move)) as Result;
  expect(result.content[0]?.text).toBe('move b');
  expect(ran).toEqual(['move b']);
  expect(urls).toEqual([`http://127.0.0.1:8000/ui/approvals/${world.people.newest().approval_id}`]);
});

it('a modern client reads why a call is blocked', async () => {
  const { connected } = await connectModern();
  const result = (await connected.callTool({ name: 'drop', arguments: { to: 'b' } })) as Result;
  expect(result.isError).toBe(true);
  expect(result.content[0]?.text).toContain('blocked');
  expect(ran).toEqual([]);
});

it('an approved call whose server asks questions of its own runs to its end once a person has seen the answers', async () => {
  const { connected, urls } = await connectModern();
  const result = (await connected.callTool({ name: 'move_asking', arguments: { to: 'b' } })) as Result;
  expect(result.content[0]?.text).toBe('ann');
  expect(ran).toEqual(['asked b ann state of b']);
  expect(urls).toHaveLength(2);
  expect(world.people.newest().call.input).toMatchObject({
    inputResponses: { who: { action: 'accept', content: { who: 'ann' } } },
  });
  await until(
    () =>
      eventsOf('aegis.call.succeeded.v1').filter((event) => data(event)['tool'] === 'files.move_asking')
        .length === 2,
  );
});

it.each(['v1', 'v2'])(
  'a client of the older revisions (SDK %s) is held, with progress, and its call runs once',
  async (sdk) => {
    between = await relay(server, (askUpstream) => gate({ askUpstream }));
    const told: number[] = [];
    const options = {
      onprogress: ({ progress }: { progress: number }) => {
        told.push(progress);
        world.people.approve();
      },
    };
    let result: Result;
    if (sdk === 'v1') {
      const old = new ClientV1(INFO);
      client = old;
      await old.connect(between.transport);
      result = (await old.callTool(move, undefined, options)) as Result;
    } else {
      const old = new Client(INFO, { versionNegotiation: { mode: 'legacy' } });
      client = old;
      await old.connect(between.transport);
      result = (await old.callTool(move, options)) as Result;
    }
    expect(result.content[0]?.text).toBe('move b');
    expect(ran).toEqual(['move b']);
    expect(told).toHaveLength(1);
  },
);

it('a client that gives up while its call is held cancels the approval, and the call never runs', async () => {
  between = await relay(server, (askUpstream) => gate({ askUpstream }));
  const old = new ClientV1(INFO);
  client = old;
  await old.connect(between.transport);
  await expect(old.callTool(move, undefined, { timeout: 300 })).rejects.toThrow('timed out');
  await until(() => world.people.cancelled.length === 1);
  expect(world.people.newest().status).toBe('cancelled');
  expect(ran).toEqual([]);
});
