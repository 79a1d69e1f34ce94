import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { codeOf } from '@aegis/kit/errors';

/** How a process ended. */
export type Exit =
  | { readonly type: 'code'; readonly code: number }
  | { readonly type: 'signal'; readonly signal: NodeJS.Signals }
  /** It never ran. `code` is what a shell exits with: 127 not found, 126 found and not startable. */
  | { readonly type: 'not_started'; readonly code: 126 | 127; readonly because: string };

export type ServerProcess = {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when the process has ended; its output may still have something to read. */
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** Bytes of its output that were read so far. */
  bytesRead(): number;
};

export type ServerCommand = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
};

export const isExit = (value: object): value is Exit => 'type' in value;

/** What a client is told of a server that ended. */
export function sentenceOf(exit: Exit): string {
  if (exit.type === 'not_started') return exit.because;
  const how = exit.type === 'code' ? `with exit code ${exit.code}` : `by signal ${exit.signal}`;
  return `The MCP server ended ${how} before it answered.`;
}

function notStarted(command: string, error: unknown): Exit {
  const code = codeOf(error);
  if (code === 'ENOENT') {
    const because = `The command ${command} is not found: check the name and the PATH.`;
    return { type: 'not_started', code: 127, because };
  }
  const because = `The command ${command} can't be started (${code}): check that it is a program that may be run.`;
  return { type: 'not_started', code: 126, because };
}

async function exitOf(child: ChildProcess, command: string): Promise<Exit> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return signal === null ? { type: 'code', code: code ?? 1 } : { type: 'signal', signal };
  } catch (error) {
    return notStarted(command, error);
  }
}

/** Starts an MCP server; its stderr is this process's own, byte for byte. Never throws: see `exited`. */
export function startServer({ command, args, env }: ServerCommand): ServerProcess | Exit {
  try {
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
    const exited = exitOf(child, command);
    // A server that stops reading ends soon, and its end is what counts.
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    const output = child.stdout as Socket;
    return {
      input: child.stdin,
      output,
      exited,
      kill: (signal) => void child.kill(signal),
      bytesRead: () => output.bytesRead,
    };
  } catch (error) {
    return notStarted(command, error);
  }
}
