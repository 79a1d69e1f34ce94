import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '@aegis/kit/env';
import { makeFolder } from '@aegis/kit/files';

const NAME = 'agent.sock';
/** A socket's path has to fit into 104 bytes where that is least (macOS), its end included. */
const MAX_PATH_BYTES = 100;
const OWNER_ONLY = 0o600;
const OWNER_AND_GROUP = 0o660;

/** Where relays reach the firewall: `unix:/path`, or `http://127.0.0.1:port` where there are no such sockets. */
export type AgentSocket = {
  readonly address: string;
  /** Whether nobody is reached where this one's file was; never of a port. */
  isGone(): Promise<boolean>;
  /** Takes the socket's file away, where it is still this one's. */
  remove(): Promise<void>;
};

/** Whether somebody answers at a socket. What can't be told is somebody. */
function isServed(path: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      answer(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

const inodeOf = async (path: string): Promise<number | undefined> =>
  await lstat(path).then(
    (stats) => stats.ino,
    () => undefined,
  );

/** Whether a socket's file went, or one that nobody serves is there instead. A folder that is gone may come back whole. */
async function isGone(path: string, inode: number | undefined): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return existsSync(dirname(path));
  return found.ino !== inode && found.isSocket() && !(await isServed(path));
}

/** @throws ConfigError where the place is taken by a firewall that runs, or by something that is no socket */
async function requireFree(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new ConfigError(`AGENT_DIR: ${path} is in the way, and no socket: move it away.`);
  }
  if (await isServed(path))
    throw new ConfigError(`AGENT_DIR: another firewall serves ${path}: stop it first.`);
}

/** Nobody else ever reaches the file: it is made in a folder of the owner's, and moved once its mode is right. */
async function listenAt(server: Server, path: string, nursery: string, mode: number): Promise<AgentSocket> {
  const made = join(nursery, 's');
  try {
    await requireFree(path);
    await once(server.listen(made), 'listening');
    await chmod(made, mode);
    const inode = await inodeOf(made);
    if (made !== path) await rename(made, path);
    const remove = async (): Promise<void> => {
      if ((await inodeOf(path)) === inode) await rm(path, { force: true });
    };
    return { address: `unix:${path}`, isGone: () => isGone(path, inode), remove };
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

/** A folder whose path is too long for a socket has it in one of the system's, under a name of chance. */
async function listenElsewhere(server: Server): Promise<AgentSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-'));
  const path = join(folder, NAME);
  await once(server.listen(path), 'listening');
  await chmod(path, OWNER_ONLY);
  const inode = await inodeOf(path);
  return {
    address: `unix:${path}`,
    isGone: () => isGone(path, inode),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function listenOnLoopback(server: Server): Promise<AgentSocket> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    isGone: () => Promise.resolve(false),
    remove: () => Promise.resolve(),
  };
}

/**
 * Listens where relays of this machine reach the firewall: a socket in `folder` that only its owner may use, or its group
 * too where it is `shared`. One that an earlier run left is replaced.
 *
 * @throws ConfigError where another firewall serves it
 */
export async function listenForAgents(
  server: Server,
  folder: string,
  { platform = process.platform, shared = false }: { platform?: NodeJS.Platform; shared?: boolean } = {},
): Promise<AgentSocket> {
  if (platform === 'win32') return await listenOnLoopback(server);
  const dir = resolve(folder);
  await makeFolder(dir, 0o700);
  const path = join(dir, NAME);
  // The longer of the two has to fit.
  if (Buffer.byteLength(join(dir, '.agent-XXXXXX', 's')) > MAX_PATH_BYTES)
    return await listenElsewhere(server);
  const mode = shared ? OWNER_AND_GROUP : OWNER_ONLY;
  return await listenAt(server, path, await mkdtemp(join(dir, '.agent-')), mode);
}
