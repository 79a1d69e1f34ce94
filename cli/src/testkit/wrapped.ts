import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type SpawnOptions, spawnAegis } from './spawn-aegis.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A server for `node -e`: it answers each request with the request's method, and ends with its input. */
export const ECHO = `
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method } = JSON.parse(line);
    const result = method === 'tools/list'
      ? { tools: [{ name: 'read', inputSchema: { type: 'object' } }, { name: 'drop', inputSchema: { type: 'object' } }] }
      : { method };
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });`;

export type Wrapped = {
  readonly pid: number | undefined;
  readonly say: (message: object) => void;
  /** The next message that the client gets. */
  readonly next: () => Promise<Record<string, unknown>>;
  readonly end: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** What was said on stderr so far. */
  readonly errors: () => Buffer;
};

/** `aegis wrap` around a server that `node -e` runs. It ends with the test. */
export function spawnWrap(
  script: string,
  env: SpawnOptions['env'],
  options: readonly string[] = [],
): Wrapped {
  const args = ['wrap', '--name', 'srv', ...options, '--', process.execPath, '-e', script];
  return talkTo(spawnAegis(args, { ...(env && { env, cwd: env['AEGIS_DATA_DIR'] }) }));
}

/** The whole program, which is TypeScript, without the launcher before it. It ends with the test. */
export function spawnWhole(args: readonly string[], env: Readonly<Record<string, string>>): Wrapped {
  const { PATH = '' } = process.env;
  return talkTo(spawn(process.execPath, [MAIN, ...args], { env: { PATH, ...env } }));
}

function talkTo(child: ChildProcessWithoutNullStreams): Wrapped {
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => undefined);
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(async () => {
    child.stdin.end();
    child.kill('SIGTERM');
    await exit;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    say: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    next: async () => {
      const { value } = (await lines.next()) as { value: string | undefined };
      if (value === undefined) throw new Error(`no more lines; stderr: ${Buffer.concat(errors).toString()}`);
      return JSON.parse(value) as Record<string, unknown>;
    },
    end: () => child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    exit,
    errors: () => Buffer.concat(errors),
  };
}

export const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' });

export const callOf = (id: number, name: string) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});
