import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { replaceFile, takeOnChange } from '@aegis/kit/files';
import { isHeld } from '@aegis/kit/files/lock';
import type { Logger } from '@aegis/kit/logger';
import { processInfo } from '@aegis/local-nats';
import { z } from 'zod';
import { dataDirOf, readStackText } from '../../../relay/data-directory.js';
import { lockPath } from './directory-lock.ts';
import { type Between, between } from './phase.ts';

export { dataDirOf };

/** Where a running stack is: written by `aegis up`, read by every other command on the same machine. */
export const Stack = z.strictObject({
  pid: z.int().min(1),
  gateway_url: z.url(),
  mcp_url: z.url(),
  nats_url: z.string().min(1),
  /** Folder of the nkey seeds, one file `<identity>.nk` each; readable by the owner only. */
  keys_dir: z.string().min(1),
  policy_path: z.string().min(1),
  audit_path: z.string().min(1),
  /** The file of MCP servers behind `/mcp/<server>`; absent where an older AegisMCP wrote this. */
  mcp_servers_path: z.string().min(1).optional(),
  /** Where relays reach it, `unix:/path` or `http://127.0.0.1:port`; absent where an older AegisMCP wrote this. */
  agent_address: z.string().min(1).optional(),
});
export type Stack = z.infer<typeof Stack>;

export type FoundStack =
  | { readonly state: 'running'; readonly stack: Stack }
  /** The process that wrote the file has ended and could not take it back. */
  | { readonly state: 'stale'; readonly stack: Stack }
  | { readonly state: 'unreadable'; readonly why: string }
  | Between
  | { readonly state: 'none' };

export const stackFilePath = (dataDir: string): string => join(dataDir, 'stack.json');

/**
 * Whether a process of this user's with this id runs. One that has ended and that nobody has collected yet, as in a
 * container without an init process, does not.
 */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || (await processInfo(pid)) !== undefined;
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a URL leads to this machine: what is sent there leaves it nowhere. */
function isHere(url: string): boolean {
  const host = new URL(url).hostname.toLowerCase();
  if (LOOPBACK.test(host) || host === hostname().toLowerCase()) return true;
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return own.some(({ address }) => address === host.replace(/^\[|\]$/g, ''));
}

/**
 * What a text says of a stack, and whether that runs: its process does, and holds the lock of this very directory. A number
 * in a file is no proof of that, whoever made the folder: a process with that number runs on every machine.
 */
async function stackIn(text: string, dataDir: string): Promise<FoundStack> {
  let stack: Stack;
  try {
    stack = Stack.parse(JSON.parse(text));
  } catch {
    return { state: 'unreadable', why: 'it is not what "aegis up" writes' };
  }
  // A NATS server of one's own may be elsewhere; no key and no code goes there.
  const elsewhere = [stack.gateway_url, stack.mcp_url].find((url) => !isHere(url));
  if (elsewhere !== undefined) return { state: 'unreadable', why: `${elsewhere} is not on this machine` };
  const runs = (await isRunning(stack.pid)) && isHeld(lockPath(dataDir, 'stack'));
  return { state: runs ? 'running' : 'stale', stack };
}

/** The stack that runs from a data directory. Never throws. */
export async function readStackFile(dataDir: string): Promise<FoundStack> {
  const read = await readStackText(dataDir);
  if (read === undefined) return (await between(dataDir)) ?? { state: 'none' };
  if ('problem' in read) return { state: 'unreadable', why: read.problem };
  const found = await stackIn(read.text, dataDir);
  return (found.state === 'stale' ? await between(dataDir) : undefined) ?? found;
}

/** Its paths as every reader understands them, whatever folder it runs in. */
const withAbsolutePaths = (stack: Stack): Stack => ({
  ...stack,
  keys_dir: resolve(stack.keys_dir),
  policy_path: resolve(stack.policy_path),
  audit_path: resolve(stack.audit_path),
  ...(stack.mcp_servers_path === undefined ? {} : { mcp_servers_path: resolve(stack.mcp_servers_path) }),
});

const textOf = (stack: Stack): string =>
  `${JSON.stringify(withAbsolutePaths(Stack.parse(stack)), null, 2)}\n`;

/**
 * Says where this process's stack is: `<dataDir>/stack.json`, mode 0600, its paths made absolute. A reader sees a whole
 * file or none.
 */
export async function writeStackFile(dataDir: string, stack: Stack): Promise<void> {
  await replaceFile(stackFilePath(dataDir), textOf(stack), { mode: 'owner' });
}

/** Writes it, and again where it goes away or is another one, until that is stopped: who looks for the stack finds it. */
export async function keepStackFile(dataDir: string, stack: Stack, log: Pick<Logger, 'warn'>) {
  const path = stackFilePath(dataDir);
  await writeStackFile(dataDir, stack);
  const restore = async (): Promise<void> => {
    const isAsWritten = (await readFile(path, 'utf8').catch(() => '')) === textOf(stack);
    // Where the whole directory was moved away, nothing is made in its place.
    if (!isAsWritten && existsSync(dataDir)) await writeStackFile(dataDir, stack);
  };
  const keeping = takeOnChange(path, restore, (err) =>
    log.warn({ err }, 'the stack file is not written again'),
  );
  await keeping.start();
  return keeping;
}

/** Takes the file back where `pid` wrote it; another process's file is left alone. */
export async function removeStackFile(dataDir: string, pid: number = process.pid): Promise<void> {
  const found = await readStackFile(dataDir);
  if ('stack' in found && found.stack.pid === pid) await rm(stackFilePath(dataDir), { force: true });
}
