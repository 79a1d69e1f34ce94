import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { osUserPrincipal } from '@aegis/kit/os-user';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolCall } from '../testkit/post.ts';
import { type Stack, startStack } from '../testkit/stack.ts';
import { type Asked, askToRelay, relayOver } from './testkit/relay-client.ts';

const OWN_KEY = makeKey('aegis');
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

let dir: string;
let stack: Stack;
let credential: string;
let address: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aegis-door-'));
  const keys = join(dir, 'mcp-keys.json');
  await writeFile(keys, JSON.stringify({ keys: { ada: keyDigest(OWN_KEY) } }));
  stack = await startStack({ env: { AGENT_DIR: dir, MCP_KEYS_FILE: keys } });
  credential = (await readFile(join(dir, 'agent-credential'), 'utf8')).trim();
  address = stack.mcp.agentAddress() ?? '';
});
afterAll(async () => {
  await stack.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A relay that was let in. */
async function relay(key = credential) {
  const asked = await askToRelay(address, key);
  if (!('socket' in asked)) throw new Error(`refused with ${asked.status}`);
  return relayOver(asked.socket);
}

const comesIn = async (): Promise<boolean> =>
  await askToRelay(address, credential).then(
    (asked) => 'socket' in asked,
    () => false,
  );

it('the socket and the credential are for their owner only, and nothing else is left there', async () => {
  expect(address).toBe(`unix:${join(dir, 'agent.sock')}`);
  expect(await modeOf(join(dir, 'agent.sock'))).toBe(0o600);
  expect(await modeOf(join(dir, 'agent-credential'))).toBe(0o600);
  expect(credential).toMatch(/^aegis-agent_[\w-]{43}$/);
  const names = await readdir(dir);
  expect(names.toSorted()).toEqual(['agent-credential', 'agent.sock', 'mcp-keys.json']);
});

describe('who is no relay', () => {
  const wrong = makeKey('aegis-agent');
  it.each<[string, Asked & { key?: string }, number, string]>([
    ['a wrong credential', { key: wrong }, 401, 'unauthorized'],
    ['no credential', { headers: { authorization: '' } }, 401, 'unauthorized'],
    ['another scheme', { headers: { authorization: 'Basic abc' } }, 401, 'unauthorized'],
    ['two credentials', { headers: { authorization: ['Bearer a', 'Bearer b'] } }, 400, 'invalid_request'],
    ['a name of somewhere else', { headers: { host: 'attacker.example' } }, 403, 'forbidden_origin'],
    ['a name that begins like ours', { headers: { host: 'localhost.evil' } }, 403, 'forbidden_origin'],
    ['a page', { headers: { origin: 'http://localhost:8000' } }, 403, 'forbidden_origin'],
    ['a page of a file', { headers: { origin: 'null' } }, 403, 'forbidden_origin'],
    ['another path', { path: '/relay/x' }, 404, 'not_found'],
    ['another method', { method: 'POST' }, 404, 'not_found'],
    ['another version', { headers: { upgrade: 'aegis-relay/2' } }, 426, 'upgrade_required'],
    ['a web socket', { headers: { upgrade: 'websocket' } }, 426, 'upgrade_required'],
    ['who wants no upgrade', { headers: { connection: 'close', upgrade: '' } }, 426, 'upgrade_required'],
  ])('%s', async (_what, { key, ...asked }, status, code) => {
    const refused = await askToRelay(address, key ?? credential, asked);
    expect(refused).toMatchObject({ status, body: { code, detail: expect.any(String) as string } });
  });

  it('says which version is spoken', async () => {
    const refused = await askToRelay(address, credential, { headers: { upgrade: 'aegis-relay/9' } });
    expect(JSON.stringify(refused)).toContain('aegis-relay/1');
  });
});

describe('the five tools', () => {
  it('answer the client of a relay, in the name of the user who runs the firewall', async () => {
    const { hello, send, frames, isOver, output } = await relay();
    hello({ mode: 'tools' });
    send('C', `${toolCall('firewall_enforce', { tool: 'shop.search' }, 1)}\nnonsense\n\n`);
    await expect.poll(() => frames.filter(({ n }) => n > 0)).toHaveLength(3);
    expect(frames[0]).toEqual({ type: 'R', n: 0, text: '{}' });
    expect(frames.find(({ n }) => n === 1)?.text).toContain('"allowed":true');
    expect(frames.find(({ n }) => n === 2)?.text).toContain('-32700');
    expect(frames.find(({ n }) => n === 3)?.type).toBe('d');
    const asked = stack.asked.enforces.at(-1);
    expect(asked).toMatchObject({ via: 'mcp-stdio', call: { principal: osUserPrincipal() } });
    send('E', '');
    await expect.poll(isOver).toBe(true);
    expect(output().trim().split('\n')).toHaveLength(2);
  });

  it('know who has a key of the keys file', async () => {
    const { hello, send, output } = await relay(OWN_KEY);
    hello({ mode: 'tools' });
    send('C', `${toolCall('firewall_enforce', { tool: 'shop.search' }, 1)}\n`);
    await expect.poll(output).toContain('"allowed":true');
    expect(stack.asked.enforces.at(-1)?.call.principal).toBe('key:ada');
  });

  it('answer what came before the end of the input', async () => {
    const { hello, send, output, isOver } = await relay();
    hello({ mode: 'tools' });
    send('C', toolCall('firewall_enforce', { tool: 'shop.search', op: 'slow' }, 'slow'));
    send('E', '');
    await expect.poll(isOver, { timeout: 5_000 }).toBe(true);
    expect(output()).toContain('"id":"slow"');
  });

  it.each(['S', 'X'])('have no server behind them: %s', async (type) => {
    const { hello, send, frames, isOver } = await relay();
    hello({ mode: 'tools' });
    send(type, '{}');
    await expect.poll(isOver).toBe(true);
    expect(frames.at(-1)).toMatchObject({
      type: 'f',
      text: expect.stringContaining(`type ${type}`) as string,
    });
  });
});

it('a key that is taken out of the file ends its relay, which is told, and no other', async () => {
  const [ada, own] = [await relay(OWN_KEY), await relay()];
  for (const one of [ada, own]) one.hello({ mode: 'tools' });
  await expect.poll(() => [ada, own].every(({ frames }) => frames.length === 1)).toBe(true);
  await writeFile(join(dir, 'mcp-keys.json'), JSON.stringify({ keys: {} }));
  await expect.poll(ada.isOver, { timeout: 5_000 }).toBe(true);
  expect(ada.frames.at(-1)?.text).toContain('The key is no longer good.');
  expect(own.isOver()).toBe(false);
  expect(await askToRelay(address, OWN_KEY)).toMatchObject({ status: 401 });
  // That was the last one: nobody gets in over HTTP, and it is said why.
  expect(stack.mcp.health().problems).toEqual([expect.stringContaining('has no key')]);
  const late = makeKey('aegis');
  await writeFile(
    join(dir, 'mcp-keys.json'),
    JSON.stringify({ keys: { ada: keyDigest(OWN_KEY), late: keyDigest(late) } }),
  );
  expect('socket' in (await askToRelay(address, late)), 'a key that was made just now').toBe(true);
  expect(stack.mcp.health().problems).toEqual([]);
});

it('another credential counts at once, ends the relays of before, and one that is none lets nobody in', async () => {
  const path = join(dir, 'agent-credential');
  const before = await relay();
  before.hello({ mode: 'tools' });
  await expect.poll(() => before.frames.length).toBe(1);
  const other = makeKey('aegis-agent');
  await writeFile(path, `${other}\n`);
  await expect.poll(before.isOver, { timeout: 5_000 }).toBe(true);
  expect(await askToRelay(address, credential)).toMatchObject({ status: 401 });
  const after = await relay(other);
  await writeFile(path, 'nothing');
  await expect.poll(after.isOver, { timeout: 5_000 }).toBe(true);
  for (const key of [credential, other])
    expect(await askToRelay(address, key)).toMatchObject({ status: 401 });
  expect(stack.mcp.health().problems).toEqual([expect.stringContaining('agent-credential is no credential')]);
  await writeFile(path, `${credential}\n`);
  await expect.poll(() => stack.mcp.health().problems, { timeout: 5_000 }).toEqual([]);
  expect('socket' in (await askToRelay(address, credential))).toBe(true);
});

it('after a restart the credential is the same, and relays come in again', async () => {
  const before = await relay();
  before.hello({ mode: 'tools' });
  await expect.poll(() => before.frames.length).toBe(1);
  await stack.stop();
  expect(before.isOver()).toBe(true);
  expect(before.frames.map(({ type }) => type)).toEqual(['R']);
  stack = await startStack({ env: { AGENT_DIR: dir } });
  const after = await relay();
  after.hello({ mode: 'tools' });
  await expect.poll(() => after.frames.length).toBe(1);
});

it('a socket that was taken away is there again for new relays, and those that are there stay', async () => {
  const path = join(dir, 'agent.sock');
  const before = await relay();
  before.hello({ mode: 'tools' });
  await rm(path);
  await expect.poll(comesIn, { timeout: 10_000 }).toBe(true);
  expect(await modeOf(path)).toBe(0o600);
  // What a firewall leaves that was killed: nobody serves it.
  const dead = createServer();
  await once(dead.listen(join(dir, 'dead')), 'listening');
  await rename(join(dir, 'dead'), path);
  dead.close();
  await expect.poll(comesIn, { timeout: 10_000 }).toBe(true);
  before.send('C', `${toolCall('firewall_enforce', { tool: 'shop.search' }, 1)}\n`);
  await expect.poll(before.output).toContain('"allowed":true');
});

it('without a keys file nobody is let in without the credential', async () => {
  expect(await askToRelay(address, OWN_KEY)).toMatchObject({ status: 401 });
});

it('agents of another user come in by the shared socket, with a key of their own', async () => {
  const shared = await mkdtemp(join(tmpdir(), 'aegis-shared-'));
  const other = await mkdtemp(join(tmpdir(), 'aegis-door-'));
  const keys = join(other, 'mcp-keys.json');
  await writeFile(keys, JSON.stringify({ keys: { ada: keyDigest(OWN_KEY) } }));
  const env = { AGENT_DIR: other, AEGIS_SOCKET_DIR: shared, MCP_KEYS_FILE: keys };
  const second = await startStack({ env });
  try {
    const path = join(shared, 'agent.sock');
    expect(second.mcp.agentAddress()).toBe(`unix:${path}`);
    expect(await modeOf(path)).toBe(0o660);
    expect(await readdir(shared)).toEqual(['agent.sock']);
    expect(await askToRelay(`unix:${path}`, makeKey('aegis'))).toMatchObject({ status: 401 });
    const asked = await askToRelay(`unix:${path}`, OWN_KEY);
    expect('socket' in asked).toBe(true);
    if ('socket' in asked) asked.socket.destroy();
  } finally {
    await second.stop();
    await rm(shared, { recursive: true, force: true });
    await rm(other, { recursive: true, force: true });
  }
});
