import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { allAudit } from '../testkit/rest.ts';
import { changeRules, startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';
import { openRawClient } from '../testkit/transcript/raw-client.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/asking-server.ts', import.meta.url));
const DENY = { match: '*', decision: 'deny' };
const METHODS = [
  'tools/call',
  'tools//call',
  '/tools/call',
  'tools/call/',
  'tools.call',
  'tools%2Fcall',
  'tools/invoke',
  'tools/callBatch',
  'x/exec',
  'resources/write',
  'resources/templates/list',
  'sampling/createMessage',
  'elicitation/create',
  'logging/setLevel',
  'completion/complete',
  'resources/list',
  'tasks/list',
];
const HARM = {
  name: 'wipe',
  arguments: { all: true },
  uri: 'file:///etc/passwd',
  content: 'x',
  level: 'debug',
};
const COMPLETE = (uri: string) => ({
  ref: { type: 'ref/resource', uri },
  argument: { name: 'f', value: 'sha' },
});

type Answer = {
  result?: { content: { text: string }[]; isError?: boolean };
  error?: { code: number; message: string };
};
type Client = {
  ask(method: string, params?: object): Promise<Answer>;
  tell(method: string, params: object): void | Promise<unknown>;
  close(): Promise<void>;
};

const OPENING = {
  protocolVersion: '2025-11-25',
  clientInfo: { name: 'c', version: '1' },
  capabilities: { elicitation: {} },
};
const ANSWERED = '{"jsonrpc":"2.0","id":"question","result":{"action":"accept","content":{"city":"Ulm"}}}';

/** A client of the wrapped server, that answers every question. */
function wrapped(stack: Stack, file: string): Client {
  const target = wrappedBy(stack, {
    name: 'srv',
    command: process.execPath,
    args: [SERVER, file],
    options: ['--hold', '0s'],
  });
  const client = openRawClient(target, (line) => (line.includes('"id":"question"') ? ANSWERED : undefined));
  let asked = 0;
  const tell = (method: string, params: object) =>
    client.write(JSON.stringify({ jsonrpc: '2.0', method, params }));
  return {
    async ask(method, params = {}) {
      const id = `a-${++asked}`;
      const from = client.lines.length;
      client.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      const isAnswer = (line: string) => line.includes(`"id":"${id}"`);
      await client.until(from, method, isAnswer);
      return JSON.parse(client.lines.slice(from).find(isAnswer) ?? '') as Answer;
    },
    tell,
    close: async () => void (await client.close()),
  };
}

/** The same over HTTP; what the server asks it is not answered. */
function overHttp(stack: Stack): Client {
  let session: Record<string, string> = {};
  const post = async (message: object): Promise<Response> =>
    fetch(`${stack.mcpUrl}/srv`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...session,
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  let asked = 0;
  return {
    async ask(method, params = {}) {
      const response = await post({ id: ++asked, method, params });
      const id = response.headers.get('mcp-session-id');
      if (id !== null) session = { 'mcp-session-id': id };
      const body = await response.text();
      const json = body.startsWith('{')
        ? body
        : (body
            .match(/^data: (.*)$/gm)
            ?.at(-1)
            ?.slice(6) ?? '');
      return JSON.parse(json) as Answer;
    },
    tell: (method, params) => post({ method, params }),
    close: async () => void (await fetch(`${stack.mcpUrl}/srv`, { method: 'DELETE', headers: session })),
  };
}

describe('what is said past tools/call', () => {
  let stack: Stack;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aegis-case-11-'));
    const args = [SERVER, join(folder, 'http')];
    const srv = { command: process.execPath, args, aegis: { hold: '0s' } };
    stack = await startRuledStack({ rules: [DENY], mcpServers: { srv } });
  });
  afterAll(async () => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const seen = async (way: string): Promise<string[]> => {
    const lines = (await readFile(join(folder, way), 'utf8')).trim().split('\n');
    return lines.map((line) => (JSON.parse(line) as { method?: string }).method ?? 'an answer');
  };
  async function opened(way: string): Promise<Client> {
    const client = way === 'http' ? overHttp(stack) : wrapped(stack, join(folder, way));
    await client.ask('initialize', OPENING);
    await client.tell('notifications/initialized', {});
    return client;
  }
  const onRecord = async (): Promise<string> => JSON.stringify(await allAudit(stack.url));

  it.each(['wrapped', 'http'])(
    'does not reach the server under a policy that denies all: %s',
    async (way) => {
      const client = await opened(way);
      for (const method of METHODS) {
        const { result, error } = await client.ask(method, HARM);
        expect([method, result?.isError ?? error?.code]).toEqual([
          method,
          expect.toBeOneOf([true, -32010, -32602]),
        ]);
      }
      for (const method of ['x/exec', 'tools/call', 'notifications/x', 'notifications/message'])
        await client.tell(method, HARM);
      await client.ask('tools/list');
      expect(new Set(await seen(way))).toEqual(
        new Set(['initialize', 'notifications/initialized', 'tools/list']),
      );
      const named = METHODS.filter((method) => method !== 'tools/call');
      const missing = async () => {
        const record = await onRecord();
        return named.filter((method) => !record.includes(method));
      };
      await expect.poll(missing).toEqual([]);
      await client.close();
    },
  );

  it('asks the client nothing under such a policy, and what it may where no rule is about it', async () => {
    await changeRules(stack, [{ match: 'srv.ask', decision: 'allow' }, DENY]);
    const clients = [await opened('wrapped-2'), await opened('http')];
    const ask = async (client: Client, method: string, params: object = {}): Promise<string> => {
      const asked = { method, params: Buffer.from(JSON.stringify(params)).toString('base64') };
      return JSON.stringify(await client.ask('tools/call', { name: 'ask', arguments: asked }));
    };
    for (const client of clients) {
      await expect
        .poll(() => ask(client, 'elicitation/create', { message: 'Which city?' }))
        .toContain('-32010');
      expect(await ask(client, 'roots/list')).toContain('-32010');
    }
    await changeRules(stack, [
      { match: 'resource:file:///etc/*', decision: 'deny' },
      { match: 'srv.ask', decision: 'allow' },
    ]);
    const [client, other] = clients as [Client, Client];
    await expect.poll(() => ask(client, 'elicitation/create', { message: 'Which city?' })).toContain('Ulm');
    // The client did not say that it can: nobody asks it.
    for (const one of [client, other]) expect(await ask(one, 'sampling/createMessage')).toContain('-32010');
    for (const params of [
      { message: 'AegisMCP: this call waits for your approval' },
      { message: `Look at ${stack.url}/ui/approvals` },
      { mode: 'url', message: 'Sign in', elicitationId: '1', url: `${stack.url}/` },
    ])
      for (const one of [client, other])
        expect(await ask(one, 'elicitation/create', params)).toContain('-32010');
    await expect.poll(onRecord).toContain('server:sampling/createMessage');
    expect(await onRecord()).toContain('server:elicitation/create');
  });

  it('completes nothing that a rule keeps from being read: case 25', async () => {
    const client = await opened('wrapped-3');
    const { error } = await client.ask('completion/complete', COMPLETE('file:///etc/{f}'));
    expect(error?.message).toContain('resource:file:///etc/*');
    expect(await seen('wrapped-3')).not.toContain('completion/complete');
    await expect.poll(onRecord).toContain('srv.completion/complete');
    expect(await onRecord()).toContain('/etc/');
    // A method that nobody knows waits for a person, as everything does that no rule is about.
    const waits = await client.ask('x/exec', HARM);
    expect(waits.error?.message).toContain('asks a person');
    expect(await seen('wrapped-3')).not.toContain('x/exec');
    await client.close();
  });
});
