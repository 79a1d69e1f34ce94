import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const ANSWER_WITHIN_MS = 30_000;
/** A server that is still there this long after its stdin ended is asked to go, as MCP clients do it. */
const END_WITHIN_MS = 2_000;

export type Command = { command: string; args: string[]; env: Record<string, string> };

/** A client that knows lines and nothing of MCP: what it writes and what comes back is seen as it is. */
export type RawClient = {
  /** Every line that came from stdout so far, the oldest first. */
  readonly lines: readonly string[];
  write(line: string): void;
  /** Waits for a line from `from` on that holds, also where it came already. @throws Error where none does in time */
  until(from: number, what: string, holds: (line: string) => boolean): Promise<void>;
  /** Closes stdin and waits for the end; `code` is null where a signal had to help. */
  close(): Promise<{ code: number | null; stderr: string }>;
  /** Ends what is still there. */
  kill(): void;
};

/** Lines end with LF and nothing else; readline would also end one at U+2028, which JSON may hold. */
function onLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) take(part);
  });
}

/** Starts a server and calls `answer` for every line of it; what that returns is written back. */
export function openRawClient(
  { command, args, env }: Command,
  answer: (line: string) => string | undefined,
): RawClient {
  const child = spawn(command, args, { env, stdio: 'pipe' });
  const lines: string[] = [];
  let stderr = '';
  let onLine: (() => void) | undefined;
  const closed = once(child, 'close').then(([code]) => code as number | null);
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const write = (line: string): void => void child.stdin.write(`${line}\n`);
  onLines(child.stdout, (line) => {
    lines.push(line);
    const reply = answer(line);
    if (reply !== undefined) write(reply);
    onLine?.();
  });
  return {
    lines,
    write,
    async until(from, what, holds) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const fail = (why: string) =>
        reject(new Error(`${what}: ${why}; it said\n${lines.slice(from).join('\n')}\n${stderr}`));
      const timer = setTimeout(() => fail('nothing in time'), ANSWER_WITHIN_MS);
      void closed.then((code) => fail(`the server ended with ${code}`));
      onLine = () => lines.slice(from).some(holds) && resolve();
      onLine();
      await promise.finally(() => clearTimeout(timer));
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGTERM'), END_WITHIN_MS);
      const code = await closed;
      clearTimeout(timer);
      return { code, stderr };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
