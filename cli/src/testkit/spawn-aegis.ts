import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const LAUNCHER = fileURLToPath(new URL('../../bin/aegis.js', import.meta.url));

const majorOf = (node: string): number =>
  Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10);

function findHostNode(): string {
  const nodes = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .filter(existsSync);
  return nodes.find((node) => majorOf(node) < 24) ?? process.execPath;
}

/** A Node older than 24 where this machine has one, as an MCP client may have; else the one that runs the tests. */
export const HOST_NODE = findHostNode();
export const isHostNodeOld = HOST_NODE !== process.execPath;

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type SpawnOptions = {
  readonly cwd?: string;
  /** Nothing but these and PATH and HOME is in the child's environment. */
  readonly env?: Readonly<Record<string, string>>;
};

/** `bin/aegis.js` as a child under the host's Node. */
export function spawnAegis(
  args: readonly string[],
  options: SpawnOptions = {},
): ChildProcessWithoutNullStreams {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(HOST_NODE, [LAUNCHER, ...args], { cwd: options.cwd, env: { PATH, HOME, ...options.env } });
}

/** {@link spawnAegis} to its end, with this on standard input. */
export async function runAegis(
  args: readonly string[],
  { stdin = '', ...options }: SpawnOptions & { readonly stdin?: string } = {},
): Promise<Ended> {
  const child = spawnAegis(args, options);
  const ended = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  child.stdin.end(stdin);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(await ended), stdout, stderr };
}
