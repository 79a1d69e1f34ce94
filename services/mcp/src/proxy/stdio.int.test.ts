import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { request as open } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyDigest } from '@aegis/kit/keys';
import { connectV1, connectV2 } from '@aegis/testkit/mcp-clients';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messageIn, send } from '../testkit/post.ts';
import { message, modern, startWorld, type WorldOptions } from './testkit/world.ts';

const ECHO = fileURLToPath(new URL('../testkit/echo-child.ts', import.meta.url));
const EVERYTHING = fileURLToPath(
  new URL('../../../../node_modules/.bin/mcp-server-everything', import.meta.url),
);
const node = process.execPath;
const echo = { command: node, args: [ECHO], env: { GREETING: '${WHO}!' } };
/** A server that is a few lines of JavaScript: `on(message)` is told what comes, `say(value)` answers. */
const scripted = (script: string) => ({
  command: node,
  args: [
    '-e',
    `const say = (v) => process.stdout.write((typeof v === 'string' ? v : JSON.stringify(v)) + '\\n');
     require('readline').createInterface({ input: process.stdin }).on('line', (line) => on(JSON.parse(line)));
     ${script}`,
  ],
});
const INITIALIZED = "say({ jsonrpc: '2.0', id: m.id, result: {} })";

const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
const INITIALIZE = message('initialize', PARAMS, 0);
const target = (url: string) => ({ url, command: '', args: [], env: {} });
const call = (name: string, args: object = {}, id: string | number = 1) =>
  message('tools/call', { name, arguments: args }, id);

const start = (servers: Record<string, unknown>, more: Partial<WorldOptions> = {}) =>
  startWorld({ servers, env: { WHO: 'you', SECRET: 'of the firewall' }, ...more });

async function begin(url: string) {
  const reply = await send(url, 'POST', INITIALIZE);
  expect(reply.status).toBe(200);
  return { 'mcp-session-id': reply.headers['mcp-session-id'] as string };
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('real clients of a stdio server', () => {
  it.each(['v1', 'v2 of the older era', 'v2'])('%s lists and calls', async (kind) => {
    const world = await start({ echo });
    const at = target(world.urlOf('echo'));
    const client =
      kind === 'v1'
        ? await connectV1(at, 'http')
        : await connectV2(at, 'http', kind === 'v2' ? 'modern' : 'legacy');
    expect(await client.list()).toContain('echo');
    expect((await client.call('echo', { say: 'größe' })).content[0]?.text).toBe('größe');
    expect((await client.call('blocked', {})).isError).toBe(true);
    await client.close();
  });

  it('a client that looks for the era finds that a server knows the older ones only', async () => {
    const world = await start({ everything: { command: EVERYTHING, args: ['stdio'] } });
    const client = new Client({ name: 'auto', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(world.urlOf('everything'))));
    const result = await client.callTool({ name: 'echo', arguments: { message: 'hi' } });
    expect(JSON.stringify(result.content)).toContain('Echo: hi');
    await client.close();
  });

  it.each(['legacy', 'modern'] as const)('progress comes before the answer (%s)', async (era) => {
    const world = await start({ echo });
    const mode = era === 'modern' ? { pin: '2026-07-28' } : era;
    const client = new Client({ name: 'p', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(world.urlOf('echo'))));
    const progress: number[] = [];
    const onprogress = (at: { progress: number }) => void progress.push(at.progress);
    const result = await client.callTool({ name: 'slow', arguments: { ms: 50 } }, { onprogress });
    expect([progress, JSON.stringify(result.content)]).toEqual([[1], expect.stringContaining('done')]);
    await client.close();
  });

  it('a question of the server reaches a client that listens', async () => {
    const world = await start({
      asks: scripted(`function on(m) {
        if (m.method === 'initialize') ${INITIALIZED};
        else if (m.method === 'tools/call') say({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
        else if (m.id === 'q') say({ jsonrpc: '2.0', id: 1, result: { got: m.result } });
      }`),
    });
    const url = world.urlOf('asks');
    const session = await begin(url);
    const answer = send(url, 'POST', call('echo'), session);
    // Nobody listens, so the question comes beside the answer; the client's answer is a POST of its own.
    await expect.poll(() => world.seen.requests.length).toBe(2);
    const own = JSON.stringify({ jsonrpc: '2.0', id: 'q', result: { roots: ['mallory'] } });
    expect((await send(url, 'POST', own, session)).status).toBe(202);
    const { body } = await answer;
    expect(body).toMatch(/roots\/list[\s\S]*"got":\{"roots":\["nobody"\]\}/);
  });

  it('has no answer to a question that it did not ask, or that was answered, or refused', async () => {
    const world = await start({
      asks: scripted(`const got = []; function on(m) {
        got.push(m);
        if (m.method === 'initialize') ${INITIALIZED};
        else if (m.method === 'tools/call') {
          say({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
          say({ jsonrpc: '2.0', id: 'r', method: 'server/refused' });
        } else if (m.method === 'ping') say({ jsonrpc: '2.0', id: m.id, result: { got } });
        if (m.id === 'q') say({ jsonrpc: '2.0', id: 1, result: {} });
      }`),
    });
    const url = world.urlOf('asks');
    const session = await begin(url);
    const post = async (id: string, said: string): Promise<number> => {
      const body = JSON.stringify({ jsonrpc: '2.0', id, result: { roots: [said] } });
      return (await send(url, 'POST', body, session)).status;
    };
    expect(await post('q', 'too early')).toBe(400);
    const answer = send(url, 'POST', call('echo'), session);
    await expect.poll(() => world.seen.requests.length).toBe(2);
    await expect.poll(() => post('q', 'in time')).toBe(202);
    await answer;
    expect([await post('q', 'again'), await post('r', 'all the same')]).toEqual([400, 400]);
    const { body } = await send(url, 'POST', message('ping', {}, 9), session);
    for (const said of ['too early', 'again', 'all the same']) expect(body).not.toContain(said);
  });

  it('a question that the gate refuses is answered here', async () => {
    const world = await start({
      asks: scripted(`function on(m) {
        if (m.method === 'initialize') ${INITIALIZED};
        else if (m.method === 'tools/call') say({ jsonrpc: '2.0', id: 'q', method: 'server/refused' });
        else if (m.id === 'q') say({ jsonrpc: '2.0', id: 1, result: { got: m.error.code } });
      }`),
    });
    const url = world.urlOf('asks');
    const { body } = await send(url, 'POST', call('echo'), await begin(url));
    expect(body).toContain('"got":-32010');
    expect(body).not.toContain('server/refused');
  });
});

describe('what a stdio server is given', () => {
  it('its own environment, and nothing of the firewall', async () => {
    const world = await start({ echo });
    const client = await connectV1(target(world.urlOf('echo')), 'http');
    const env = async (name: string) => (await client.call('env', { name })).content[0]?.text;
    expect([await env('GREETING'), await env('SECRET')]).toEqual(['you!', 'not set']);
    await client.close();
  });

  it('and the gate knows which folders are the server’s', async () => {
    const args = [...echo.args, '--root=${ROOT:-/srv}', 'docs'];
    const world = await start({ files: { ...echo, args, cwd: tmpdir() } });
    await send(world.urlOf('files'), 'POST', INITIALIZE);
    const { folders } = world.seen.options[0] ?? {};
    expect([folders?.[0], ...(folders?.slice(-2) ?? [])]).toEqual([tmpdir(), '/srv', join(tmpdir(), 'docs')]);
  });

  it.each<[string, object, string]>([
    [
      'a command that is not there',
      { command: 'no-such-command' },
      "it can't be started: no-such-command is not found on the PATH of the firewall: install it",
    ],
    [
      'a folder that is not there',
      { ...echo, cwd: '/no/such/folder' },
      'its cwd /no/such/folder is no folder',
    ],
    ['a variable that is not set', { ...echo, env: { A: '${NOT_SET}' } }, 'variable NOT_SET is not set'],
    ['a server that ends at once', { command: node, args: ['-e', 'process.exit(3)'] }, 'exit code 3'],
  ])('%s is told in words', async (_what, server, words) => {
    const world = await start({ odd: server });
    const reply = await send(world.urlOf('odd'), 'POST', INITIALIZE);
    expect(messageIn(reply).error?.message).toContain(words);
  });
});

const pidOf = async (
  url: string,
  session: Record<string, string>,
  id: string | number = 1,
): Promise<number> => {
  const reply = await send(url, 'POST', call('pid', {}, id), session);
  const { content } = messageIn(reply).result as { content: { text: string }[] };
  return Number(content[0]?.text);
};

describe('processes', () => {
  it('each session has its own; DELETE ends it', async () => {
    const world = await start({ echo });
    const url = world.urlOf('echo');
    const [one, two] = [await begin(url), await begin(url)];
    const pids = [await pidOf(url, one), await pidOf(url, two)];
    expect(pids[0]).not.toBe(pids[1]);
    expect(await pidOf(url, one, 2)).toBe(pids[0]);
    expect((await send(url, 'DELETE', undefined, one)).status).toBe(200);
    await expect.poll(() => isRunning(pids[0] as number)).toBe(false);
    expect(isRunning(pids[1] as number)).toBe(true);
    expect((await send(url, 'POST', call('pid', {}, 3), one)).status).toBe(404);
  });

  it('requests of the modern era share one, unless they could be taken for each other', async () => {
    const world = await start({ echo });
    const url = world.urlOf('echo');
    const ask = (name: string, args: object, id: number) => {
      const { body, headers } = modern('tools/call', { name, arguments: args }, id);
      return send(url, 'POST', body, headers);
    };
    const pid = async (id: number) => (await ask('pid', {}, id)).body;
    const [first, second] = [await pid(1), await pid(1)];
    expect(first).toBe(second);
    const slow = ask('slow', { ms: 300 }, 1);
    await expect.poll(() => world.seen.requests.length).toBe(3);
    expect(await pid(2)).toBe(first.replace('"id":1', '"id":2'));
    expect(await pid(1)).not.toBe(first);
    expect((await slow).body).toContain('done');
  });

  it('there is a cap, said in words', async () => {
    const world = await start({ echo }, { limits: { maxProcesses: 1 } });
    const url = world.urlOf('echo');
    const session = await begin(url);
    const reply = await send(url, 'POST', INITIALIZE);
    expect([reply.status, messageIn(reply).error?.message]).toEqual([
      503,
      'All 1 processes for stdio servers are in use: try again later, or set MCP_MAX_PROCESSES higher.',
    ]);
    await send(url, 'DELETE', undefined, session);
    await expect.poll(async () => (await send(url, 'POST', INITIALIZE)).status).toBe(200);
  });

  it('nobody takes them all: there is one left for who has none', async () => {
    const keys = { ada: keyDigest('a'), bob: keyDigest('b') };
    const world = await start({ echo }, { limits: { maxProcesses: 4 }, keys });
    const url = world.urlOf('echo');
    const begun = async (key: string) =>
      (await send(url, 'POST', INITIALIZE, { authorization: `Bearer ${key}` })).status;
    for (const status of [200, 200, 200, 503]) expect(await begun('a')).toBe(status);
    for (const status of [200, 503]) expect(await begun('b')).toBe(status);
  });

  it('one that has nothing to do ends, though not while its client listens', async () => {
    const world = await start({ echo }, { limits: { idleMs: 200 } });
    const url = world.urlOf('echo');
    const listening = await begin(url);
    const stream = open(url, { headers: { ...listening, accept: 'text/event-stream' } });
    stream.on('error', () => undefined);
    stream.end();
    const [kept, gone] = [await pidOf(url, listening), await pidOf(url, await begin(url))];
    await expect.poll(() => isRunning(gone), { timeout: 5_000 }).toBe(false);
    expect(isRunning(kept)).toBe(true);
    stream.destroy();
    await expect.poll(() => isRunning(kept), { timeout: 5_000 }).toBe(false);
  });

  it('one that ignores every request to end is made to', async () => {
    const world = await start({
      stubborn: scripted(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);
        function on(m) { say({ jsonrpc: '2.0', id: m.id, result: { pid: process.pid } }); }`),
    });
    const url = world.urlOf('stubborn');
    const reply = await send(url, 'POST', INITIALIZE);
    const { pid } = messageIn(reply).result as { pid: number };
    await send(url, 'DELETE', undefined, { 'mcp-session-id': reply.headers['mcp-session-id'] as string });
    await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
  });
});

describe('a server that does not behave', () => {
  it('dies in the middle of a call: the call is lost, the session is over, nothing is sent again', async () => {
    const world = await start({ echo });
    const url = world.urlOf('echo');
    const session = await begin(url);
    const reply = await send(url, 'POST', call('die', {}, 1), session);
    expect(messageIn(reply)).toMatchObject({
      id: 1,
      error: { message: expect.stringContaining('exit code 7') },
    });
    expect(world.seen.ends).toMatchObject([{ id: 1, end: { type: 'lost' } }]);
    expect((await send(url, 'POST', call('pid', {}, 2), session)).status).toBe(404);
  });

  it('answers with nonsense, to ids that nobody has, and twice: what is right passes once', async () => {
    const world = await start({
      odd: scripted(`function on(m) {
        if (m.method === 'initialize') return ${INITIALIZED};
        say('hello'); say('[]'); say({ jsonrpc: '2.0', id: '01', result: { wrong: 1 } });
        say({ jsonrpc: '2.0', id: 99, result: { wrong: 2 } });
        say('{"jsonrpc":"2.0","id":1.5,"result":{"wrong":3}}');
        say({ jsonrpc: '2.0', id: m.id, result: { right: 1 } });
        say({ jsonrpc: '2.0', id: m.id, result: { wrong: 4 } });
      }`),
    });
    const url = world.urlOf('odd');
    const session = await begin(url);
    expect((await send(url, 'POST', call('echo'), session)).body).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"right":1}}',
    );
    expect((await send(url, 'POST', call('echo', {}, 2), session)).body).toContain('"right":1');
  });

  it('never answers: the call is given up and the server is told nothing more', async () => {
    const world = await start(
      { mute: scripted(`function on(m) { if (m.method === 'initialize') ${INITIALIZED}; }`) },
      { limits: { answerTimeoutMs: 200 } },
    );
    const url = world.urlOf('mute');
    const session = await begin(url);
    const reply = await send(url, 'POST', call('echo'), session);
    expect(messageIn(reply).error?.message).toContain('did not answer in time');
  });

  it('floods: the answer still comes, and only so much is kept', async () => {
    const world = await start({
      flood: scripted(`function on(m) {
        if (m.method === 'initialize') return ${INITIALIZED};
        for (let i = 0; i < 20000; i++) say({ jsonrpc: '2.0', method: 'notifications/message', params: { i } });
        say('x'.repeat(17 * 1048576));
        say({ jsonrpc: '2.0', id: m.id, result: { done: true } });
      }`),
    });
    const url = world.urlOf('flood');
    const session = await begin(url);
    const { body } = await send(url, 'POST', call('echo'), session);
    expect(body).toContain('"done":true');
    expect(body).not.toContain('xxx');
  });
});

describe('a client that lost its connection', () => {
  /** A server that says two things, then waits for a nudge to answer. */
  const patient = scripted(`let waits; function on(m) {
    if (m.method === 'initialize') return ${INITIALIZED};
    if (m.method === 'nudge') say({ jsonrpc: '2.0', id: waits, result: { late: true } });
    if (m.method === 'tools/call') {
      waits = m.id;
      for (const n of [1, 2]) say({ jsonrpc: '2.0', method: 'notifications/message', params: { n } });
    }
  }`);

  it('goes on after the last event that it saw, and has the answer there', async () => {
    const world = await start({ patient });
    const url = world.urlOf('patient');
    const session = await begin(url);
    const seen: string[] = [];
    const leaving = open(url, {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/json' },
    });
    leaving.on('error', () => undefined);
    leaving.on('response', (response) => response.on('data', (chunk: Buffer) => seen.push(chunk.toString())));
    leaving.end(call('echo'));
    await expect.poll(() => seen.join('')).toContain('"n":2');
    leaving.destroy();
    const [firstId] = /(?<=id: ).*/.exec(seen.join('')) ?? [];

    await send(url, 'POST', message('nudge'), session);
    await expect.poll(() => world.seen.ends).toHaveLength(1);
    const { body } = await send(url, 'GET', undefined, { ...session, 'last-event-id': firstId as string });
    expect(body.match(/"n":1/)).toBeNull();
    expect(body).toMatch(/"n":2[\s\S]*"late":true/);
  });
});

it('without a session there is nothing to begin with, to listen to, or to end', async () => {
  const world = await start({ echo });
  const url = world.urlOf('echo');
  expect((await send(url, 'POST', call('echo'))).status).toBe(400);
  expect((await send(url, 'GET')).status).toBe(405);
  expect((await send(url, 'DELETE')).status).toBe(405);
});

it('a modern client that leaves has its call cancelled at the server', async () => {
  const log = join(tmpdir(), `aegis-proxy-${randomUUID()}`);
  onTestFinished(() => rm(log, { force: true }));
  const noting = scripted(
    "function on(m) { require('fs').appendFileSync(process.env.LOG, JSON.stringify(m) + '\\n'); }",
  );
  const world = await start({ slow: { ...noting, env: { LOG: log } } });
  const { body, headers } = modern('tools/call', { name: 'echo', arguments: {} }, 'm-1');
  const noted = () => readFile(log, 'utf8').catch(() => '');
  const sent = { ...headers, 'content-type': 'application/json' };
  const leaving = open(world.urlOf('slow'), { method: 'POST', headers: sent });
  leaving.on('error', () => undefined);
  leaving.end(body);
  await expect.poll(noted, { timeout: 5_000 }).toContain('tools/call');
  leaving.destroy();
  await expect.poll(noted).toContain('"requestId":"m-1"');
});

const keptMiB = (): number => process.memoryUsage().arrayBuffers / 1_048_576;

it('a server that floods stderr is answered for, and others too; none of the flood is kept', async () => {
  const flooding = scripted(`
    let mebibytes = 0;
    const flood = () => process.stderr.write('x\\n'.repeat(131072), () => { mebibytes += 0.25; flood(); });
    flood();
    const on = (m) => m.id !== undefined && say({ jsonrpc: '2.0', id: m.id, result:
      m.method === 'tools/call' ? { content: [{ type: 'text', text: String(Math.floor(mebibytes)) }] } : {} });`);
  const world = await start({ flooding, echo });
  const headers = await begin(world.urlOf('flooding'));
  const others = await begin(world.urlOf('echo'));
  const before = keptMiB();
  const written = async (): Promise<number> => {
    const other = await send(world.urlOf('echo'), 'POST', call('echo', { say: 'hi' }), others);
    expect(other.body).toContain('hi');
    const { body } = await send(world.urlOf('flooding'), 'POST', call('n'), headers);
    return Number(/"text":"(\d+)"/.exec(body)?.[1]);
  };
  await expect.poll(written, { timeout: 50_000 }).toBeGreaterThan(128);
  expect(keptMiB() - before).toBeLessThan(64);
});
