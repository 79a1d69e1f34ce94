import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '@aegis/kit/errors';
import { replaceFile } from '@aegis/kit/files';
import { processInfo } from '@aegis/local-nats';
import { z } from 'zod';

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
  | { readonly state: 'none' };

/** `AEGIS_DATA_DIR`, else `./data`. */
export const dataDirOf = (env: Readonly<Record<string, string | undefined>>): string =>
  env['AEGIS_DATA_DIR'] || './data';

export const stackFilePath = (dataDir: string): string => join(dataDir, 'stack.json');

/**
 * Whether a process with this id runs, whoever owns it. One that has ended and that nobody has collected yet, as in a
 * container without an init process, does not.
 */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return process.platform !== 'linux' || (await processInfo(pid)) !== undefined;
}

/** The stack that runs from a data directory. Never throws. */
export async function readStackFile(dataDir: string): Promise<FoundStack> {
  let text: string;
  try {
    text = await readFile(stackFilePath(dataDir), 'utf8');
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? { state: 'none' } : { state: 'unreadable', why: code };
  }
  try {
    const stack = Stack.parse(JSON.parse(text));
    return { state: (await isRunning(stack.pid)) ? 'running' : 'stale', stack };
  } catch {
    return { state: 'unreadable', why: 'it is not what "aegis up" writes' };
  }
}

/** Its paths as every reader understands them, whatever folder it runs in. */
const withAbsolutePaths = (stack: Stack): Stack => ({
  ...stack,
  keys_dir: resolve(stack.keys_dir),
  policy_path: resolve(stack.policy_path),
  audit_path: resolve(stack.audit_path),
  ...(stack.mcp_servers_path === undefined ? {} : { mcp_servers_path: resolve(stack.mcp_servers_path) }),
});

/**
 * Says where this process's stack is: `<dataDir>/stack.json`, mode 0600, its paths made absolute. A reader sees a whole
 * file or none.
 */
export async function writeStackFile(dataDir: string, stack: Stack): Promise<void> {
  const text = `${JSON.stringify(withAbsolutePaths(Stack.parse(stack)), null, 2)}\n`;
  await replaceFile(stackFilePath(dataDir), text, { mode: 'owner' });
}

/** Takes the file back where `pid` wrote it; another process's file is left alone. */
export async function removeStackFile(dataDir: string, pid: number = process.pid): Promise<void> {
  const found = await readStackFile(dataDir);
  if ('stack' in found && found.stack.pid === pid) await rm(stackFilePath(dataDir), { force: true });
}
