import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gate, GateOptions } from '@aegis/firewall/gate';
import { MAX_FRAME_BYTES, WINDOW_BYTES } from '@aegis/firewall/relay';
import { createLogger } from '@aegis/kit/logger';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAgentDoor } from './agent-door.ts';
import { createRelays, MAX_RELAYS } from './relays.ts';
import { type FakeGate, fakeGate } from './testkit/fake-gate.ts';
import { askToRelay, relayOver } from './testkit/relay-client.ts';
import { call } from './testkit/wrapped.ts';

const log = createLogger('test', 'silent');
const MEBIBYTE = 1_048_576;
const SOON = { timeout: 10_000 };

let dir: string;
let door: ReturnType<typeof createAgentDoor>;
let credential: string;
/** The gates that were opened, with what they were opened for. */
/** What was refused, each with who asked. */
let counted: [string, string | undefined][] = [];
let opened: { gate: FakeGate; options: GateOptions }[] = [];

function openGate(options: GateOptions): Gate {
  const gate = fakeGate();
  opened.push({ gate, options });
  return gate;
}

function createServer(): never {
  throw new Error('no tools here');
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aegis-attacks-'));
  const refusals = { count: (...one: [string, string | undefined]) => void counted.push(one) };
  const relays = createRelays({ openGate, createServer, drainMs: 100, log, refusals });
  door = createAgentDoor({
    dir,
    callers: { holderOf: () => Promise.resolve(undefined) },
    relays,
    refusals,
    log,
  });
  await door.start();
  credential = (await readFile(join(dir, 'agent-credential'), 'utf8')).trim();
});
afterAll(async () => {
  await door.stop();
  await rm(dir, { recursive: true, force: true });
});

async function relay() {
  const asked = await askToRelay(door.address() ?? '', credential);
  if (!('socket' in asked)) throw new Error(`refused with ${asked.status}: ${asked.body.detail}`);
  return relayOver(asked.socket);
}

const HELLO = { mode: 'wrap', server: 'srv' };

/** Whoever keeps to the protocol is served, whatever others do. */
async function stillServes(): Promise<void> {
  const { hello, send, frames, destroy } = await relay();
  hello(HELLO);
  send('C', `${JSON.stringify(call(1))}\n`);
  await expect
    .poll(() => frames.find(({ type }) => type === 's')?.text, SOON)
    .toBe(`${JSON.stringify(call(1))}\n`);
  destroy();
}

beforeEach(() => {
  counted = [];
  opened = [];
});
afterEach(stillServes);

type Relay = ReturnType<typeof relayOver>;

test.each<[string, (relay: Relay) => void]>([
  ['bytes that are no frame', ({ raw }) => raw('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')],
  ['a frame that is too long', ({ raw }) => raw(Buffer.from([0x48, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]))],
  ["the client's words before the hello", ({ send }) => send('C', `${JSON.stringify(call(1))}\n`)],
  ["the server's words before the hello", ({ send }) => send('S', '{"jsonrpc":"2.0","id":1,"result":{}}\n')],
  ['an end before the hello', ({ send }) => send('E', '')],
  ['room for the client before the hello', ({ send }) => send('w', 'c', 1)],
  ['room for nobody before the hello', ({ send }) => send('w', '', 0)],
  ['a frame of no type', ({ send }) => send('\u0000', '')],
  ['a hello that is no JSON', ({ send }) => send('H', '{')],
  ['a hello with a key twice', ({ send }) => send('H', '{"mode":"wrap","server":"a","server":"b"}')],
  ['a hello with a field too many', ({ hello }) => hello({ ...HELLO, principal: 'os-user:root' })],
  ['a hello that says how it came', ({ hello }) => hello({ ...HELLO, via: 'proxy' })],
  ['a hello without a server', ({ hello }) => hello({ mode: 'wrap' })],
  ['a server whose name is two', ({ hello }) => hello({ ...HELLO, server: 'bank.pay' })],
  ['a server whose name ends a line', ({ hello }) => hello({ ...HELLO, server: 'srv\n' })],
  ['a hold without an end', ({ hello }) => hello({ ...HELLO, hold_ms: 1e12 })],
  ['more folders than a server has', ({ hello }) => hello({ ...HELLO, folders: Array(17).fill('/srv') })],
  ['a folder that is no path', ({ hello }) => hello({ ...HELLO, folders: ['x'.repeat(5_000)] })],
  ['a mode that is none', ({ hello }) => hello({ ...HELLO, mode: 'admin' })],
  ['a way to record that is none', ({ hello }) => hello({ ...HELLO, record: 'never' })],
])('%s before anything: the connection ends, and no gate was opened', async (_what, attack) => {
  const one = await relay();
  attack(one);
  await expect.poll(one.isOver, SOON).toBe(true);
  expect(one.frames.map(({ type }) => type)).toEqual(['f']);
  expect(JSON.parse(one.frames[0]?.text ?? '')).toMatchObject({ exit_code: 1 });
  expect(opened).toEqual([]);
  expect(counted).toEqual([['relay_protocol', expect.stringMatching(/^os-user:/) as string]]);
});

test.each<[string, (relay: Relay) => void]>([
  ['another hello', ({ hello }) => hello({ ...HELLO, server: 'bank' })],
  ['a frame of the firewall', ({ send }) => send('c', 'x', 1)],
  ['an end of the server that is none', ({ send }) => send('X', '{"code":"0","signal":null}')],
  ["the server's words after its end", ({ send }) => (send('X', '{"code":0,"signal":null}'), send('S', 'x'))],
  [
    "the client's words after their end",
    ({ send }) => (send('E', ''), send('C', `${JSON.stringify(call(1))}\n`)),
  ],
  [
    'more of the server than the client reads',
    ({ send }) => {
      const filler = 'x'.repeat(MAX_FRAME_BYTES - 1_000);
      const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x', params: { filler } })}\n`;
      for (let sent = 0; sent < 3 * WINDOW_BYTES; sent += line.length) send('S', line);
    },
  ],
  ['an end of the client again', ({ send }) => (send('E', ''), send('E', ''))],
  ['a client that hangs up again', ({ send }) => (send('E', '', 1), send('E', '', 1))],
  ['a client that only ends after it hung up', ({ send }) => (send('E', '', 1), send('E', '', 0))],
  ['an end of the client that is none', ({ send }) => send('E', '', 2)],
  ['words of the server with nothing in them', ({ send }) => send('S', '')],
  ['words of the client with nothing in them', ({ send }) => send('C', '')],
  ['room where there is all of it', ({ send }) => send('w', 'c', 1)],
  ['no room', ({ send }) => send('w', 's', 0)],
  ['nothing but zeros', ({ raw }) => raw(Buffer.alloc(9))],
])('%s later: the connection ends, and its gate is closed', async (_what, attack) => {
  const one = await relay();
  one.hello(HELLO);
  await expect.poll(() => one.frames.length, SOON).toBe(1);
  attack(one);
  await expect.poll(one.isOver, SOON).toBe(true);
  await expect.poll(() => opened.map(({ gate }) => gate.isClosed()), SOON).toEqual([true]);
  expect(opened.map(({ options }) => options.server)).toEqual(['srv']);
});

test('a call cannot be handed in as an initialize', async () => {
  const one = await relay();
  one.hello({ ...HELLO, initialize: JSON.stringify(call(1)) });
  await expect.poll(one.isOver, SOON).toBe(true);
  expect(one.frames.map(({ type }) => type)).toEqual(['f']);
});

test('a relay asks as the user of the firewall, by the way of a relay, whatever it says', async () => {
  const one = await relay();
  one.hello({ ...HELLO, server: 'bank', record: 'none', hold_ms: 0, show_denied: true, folders: ['/srv'] });
  await expect.poll(() => opened.length, SOON).toBe(1);
  expect(opened[0]?.options.folders).toEqual(['/srv']);
  expect(opened[0]?.options).toMatchObject({ server: 'bank', via: 'wrap', holdMs: 0, waitForRecord: true });
  expect(opened[0]?.options.principal).toMatch(/^os-user:/);
  one.destroy();
  await expect.poll(() => opened[0]?.gate.isClosed(), SOON).toBe(true);
});

test('a server that answers what nobody asked says nothing to the client', async () => {
  const one = await relay();
  one.hello(HELLO);
  one.send('S', '{"jsonrpc":"2.0","id":1,"result":{"leak":true}}\n');
  await expect.poll(() => one.frames.map(({ type }) => type), SOON).toEqual(['R', 'l', 'a']);
  one.destroy();
});

test('a line of 17 MiB is refused once, as it comes, and the next one is judged', async () => {
  const one = await relay();
  one.hello(HELLO);
  const refused = () => one.frames.filter(({ type, n }) => type === 'c' && n === 1);
  for (let sent = 0; sent < 17 * MEBIBYTE; sent += MAX_FRAME_BYTES) {
    one.send('C', Buffer.alloc(MAX_FRAME_BYTES, 'x'));
    const granted = (): number =>
      one.frames.filter(({ type }) => type === 'w').reduce((sum, { n }) => sum + n, WINDOW_BYTES);
    await expect
      .poll(granted, SOON)
      .toBeGreaterThanOrEqual(Math.min(sent + 2 * MAX_FRAME_BYTES, 17 * MEBIBYTE));
  }
  await expect.poll(() => refused().length, SOON).toBe(1);
  one.send('C', `\n${JSON.stringify(call(2))}\n`);
  await expect
    .poll(() => one.frames.find(({ type }) => type === 's')?.text, SOON)
    .toBe(`${JSON.stringify(call(2))}\n`);
  expect(refused()).toHaveLength(1);
  one.destroy();
});

test('a half frame waits, and costs others nothing', async () => {
  const one = await relay();
  one.raw(Buffer.from([0x48, 0, 0]));
  await stillServes();
  expect(one.isOver()).toBe(false);
  one.destroy();
});

test('a flood of lines without words is served like any other', async () => {
  const one = await relay();
  one.hello(HELLO);
  for (let i = 0; i < 10_000; i++) one.send('C', '\n');
  await expect.poll(() => one.frames.filter(({ type }) => type === 'd').length, SOON).toBe(10_000);
  one.destroy();
});

test('there are so many relays and no more, and a place that is free again is given away', async () => {
  const many: Relay[] = [];
  for (let i = 0; i < MAX_RELAYS; i++) many.push(await relay());
  const refused = await askToRelay(door.address() ?? '', credential);
  expect(refused).toMatchObject({ status: 503, body: { code: 'too_many_relays' } });
  for (const one of many) one.destroy();
  await expect
    .poll(async () => 'socket' in (await askToRelay(door.address() ?? '', credential)), SOON)
    .toBe(true);
});

test('thousands who connect and say nothing are let go, and keep nobody out for long', async () => {
  const path = (door.address() ?? '').slice('unix:'.length);
  const silent: Socket[] = [];
  for (let i = 0; i < 3_000; i++) silent.push(connect(path).on('error', () => undefined));
  await Promise.all(silent.slice(0, 100).map((socket) => once(socket, 'connect').catch(() => undefined)));
  for (const socket of silent) socket.destroy();
  await expect
    .poll(async () => 'socket' in (await askToRelay(door.address() ?? '', credential)), SOON)
    .toBe(true);
});

test('those who connect and say no whole request take no place of a relay', async () => {
  const path = (door.address() ?? '').slice('unix:'.length);
  const silent = Array.from({ length: 600 }, () => connect(path).on('error', () => undefined));
  for (const socket of silent) socket.write('GET /relay HTTP/1.1\r\nx: ');
  await Promise.all(silent.map((socket) => once(socket, 'connect').catch(() => undefined)));
  const began = Date.now();
  await expect
    .poll(async () => 'socket' in (await askToRelay(door.address() ?? '', credential)), SOON)
    .toBe(true);
  expect(Date.now() - began).toBeLessThan(1_500);
  await expect.poll(() => silent.every(({ closed }) => closed), { timeout: 5_000 }).toBe(true);
});

test('what the door refuses is counted, by what it answers', async () => {
  const address = door.address() ?? '';
  await askToRelay(address, 'aegis-agent_wrong');
  await askToRelay(address, credential, { headers: { origin: 'http://localhost' } });
  await askToRelay(address, credential, { headers: { upgrade: 'aegis-relay/2' } });
  await askToRelay(address, credential, { path: '/x' });
  await askToRelay(address, credential, { headers: { connection: 'close', upgrade: '' } });
  const broken = connect(address.slice('unix:'.length));
  broken.write('no http\r\n\r\n');
  await once(broken.resume(), 'close');
  const kinds = [
    'unauthorized',
    'forbidden_origin',
    'upgrade_required',
    'not_found',
    'upgrade_required',
    'not_http',
  ];
  expect(counted).toEqual(kinds.map((kind) => [kind, 'agent.sock']));
});
