import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { listenForAgents } from './agent-socket.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aegis-sock-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
});

function greeter(greeting: string): Server {
  const server = createServer((socket) => socket.on('error', () => undefined).end(greeting));
  onTestFinished(() => void server.close());
  return server;
}

async function greeted(path: string): Promise<string> {
  const socket = connect(path);
  return String((await once(socket, 'data'))[0]);
}

test('a socket that an earlier run left is replaced', async () => {
  const path = join(dir, 'agent.sock');
  const before = greeter('before');
  // Node takes away the name that it gave itself; so what is left is what a run leaves that was killed.
  await once(before.listen(join(dir, 'made')), 'listening');
  await rename(join(dir, 'made'), path);
  before.close();
  await expect(greeted(path)).rejects.toThrow('ECONNREFUSED');
  const { address } = await listenForAgents(greeter('now'), dir);
  expect([address, await greeted(path)]).toEqual([`unix:${path}`, 'now']);
});

test('one that a firewall serves is left alone', async () => {
  await listenForAgents(greeter('first'), dir);
  await expect(listenForAgents(greeter('second'), dir)).rejects.toThrow('another firewall serves');
  expect(await greeted(join(dir, 'agent.sock'))).toBe('first');
  expect(await readdir(dir)).toEqual(['agent.sock']);
});

test('what is no socket is left alone', async () => {
  await writeFile(join(dir, 'agent.sock'), 'notes');
  await expect(listenForAgents(greeter('x'), dir)).rejects.toThrow('no socket: move it away');
});

test('its file goes with it, and another one does not', async () => {
  const first = await listenForAgents(greeter('first'), dir);
  await first.remove();
  expect(await readdir(dir)).toEqual([]);
  const second = await listenForAgents(greeter('second'), dir);
  await first.remove();
  expect(await readdir(dir)).toEqual(['agent.sock']);
  await second.remove();
});

test('a folder whose path is too long has it elsewhere, in a folder of the owner only', async () => {
  const long = join(dir, 'x'.repeat(100));
  await mkdir(long);
  const made = await listenForAgents(greeter('here'), long);
  const path = made.address.slice('unix:'.length);
  expect(Buffer.byteLength(path)).toBeLessThan(100);
  expect(await greeted(path)).toBe('here');
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await made.remove();
  await expect(stat(dirname(path))).rejects.toThrow('ENOENT');
});

test('where there are no such sockets it is a port of loopback', async () => {
  const { address } = await listenForAgents(greeter('port'), dir, { platform: 'win32' });
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('only its owner may use it, and its group too where it is shared', async () => {
  const modeOf = async (): Promise<number> => (await stat(join(dir, 'agent.sock'))).mode & 0o777;
  const own = await listenForAgents(greeter('own'), dir);
  expect(await modeOf()).toBe(0o600);
  await own.remove();
  await listenForAgents(greeter('shared'), dir, { shared: true });
  expect(await modeOf()).toBe(0o660);
});
