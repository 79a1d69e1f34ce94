import type { Readable, Writable } from 'node:stream';
import type { Bus } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createTools } from '../all.ts';
import { createServer } from './server.ts';
import { createStrictTransport } from './strict-transport.ts';

/** What a request may take beyond its own deadline before the end no longer waits for it. */
const GRACE_MS = 500;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export type StdioOptions = {
  readonly log: Logger;
  /** How long one tool call may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly input?: Readable;
  readonly output?: Writable;
};

/**
 * Serves the five tools over stdin and stdout, both protocol eras. Nothing but protocol lines goes to stdout. Resolves
 * when the input has ended, on SIGTERM or SIGINT, or when nobody reads the output any more; requests that came before
 * are answered. The bus stays open: it is the caller's.
 */
export async function runStdio(bus: Pick<Bus, 'ask'>, options: StdioOptions): Promise<void> {
  const { log, timeoutMs, input = process.stdin, output = process.stdout } = options;
  const tools = createTools({ bus, via: 'mcp-stdio', timeoutMs });
  const strict = createStrictTransport({
    write: (line) => void output.write(line),
    done: () => undefined,
    drainMs: timeoutMs + GRACE_MS,
  });
  const handle = serveStdio(() => createServer(tools, log), {
    transport: strict.transport,
    onerror: (err) => log.warn({ err }, 'protocol error'),
  });
  const stop = (): void => void input.destroy();
  output.once('error', () => void strict.transport.close());
  for (const signal of SIGNALS) process.once(signal, stop);
  log.info('serving MCP on stdio');
  input.on('data', (bytes: Buffer) => strict.take(bytes));
  input.once('close', () => void strict.end());
  input.once('end', () => void strict.end());
  await strict.closed;
  for (const signal of SIGNALS) process.off(signal, stop);
  await handle.close();
  input.destroy();
}
