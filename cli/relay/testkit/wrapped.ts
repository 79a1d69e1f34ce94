import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { ODD_SERVER } from '@aegis/testkit/odd-server';
import { onTestFinished } from 'vitest';
import { type Patience, runWrap } from '../run-wrap.js';
import type { Exit } from '../server-process.js';

export type Wrapped = {
  /** Says lines to the server, one string a line. */
  readonly say: (...lines: (string | object)[]) => void;
  /** Says bytes as they are. */
  readonly write: (bytes: Uint8Array | string) => boolean;
  /** The client says no more. */
  readonly end: () => void;
  /** The next line that the client gets; undefined where it gets no more. */
  readonly next: () => Promise<string | undefined>;
  /** The next lines, parsed. */
  readonly nextMessages: (count: number) => Promise<Record<string, unknown>[]>;
  /** All that the client still gets, as it came. Not together with `next`. */
  readonly output: PassThrough;
  readonly input: PassThrough;
  /** What people were told. */
  readonly said: string[];
  readonly exit: Promise<Exit>;
};

export type WrappedOptions = {
  /** Where the firewall is. */
  readonly env: Record<string, string>;
  /** The kind of server, and its argument. */
  readonly server: readonly string[];
  readonly command?: string;
  readonly patience?: Patience;
  /** False where the test reads `output` itself. */
  readonly readsLines?: boolean;
};

const asText = (line: string | object): string => (typeof line === 'string' ? line : JSON.stringify(line));

/** `runWrap` around one of the servers in `odd-server-child.ts`, with a client that a test speaks for. */
export function wrapped({ env, server, patience, command, readsLines = true }: WrappedOptions): Wrapped {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const said: string[] = [];
  const exit = runWrap({
    command: command ?? process.execPath,
    args: [ODD_SERVER, ...server],
    options: { name: 'srv', hold: 50_000, record: 'redacted' },
    env,
    input,
    output,
    say: (sentence) => void said.push(sentence),
    patience: patience ?? { answersMs: 5_000, termMs: 2_000, killMs: 4_000 },
  });
  void exit.then(() => output.end());
  onTestFinished(async () => {
    input.destroy();
    output.destroy();
    await exit;
  });
  const lines = readsLines ? createInterface({ input: output })[Symbol.asyncIterator]() : undefined;
  const next = async (): Promise<string | undefined> => (await lines?.next())?.value;
  return {
    say: (...words) => void input.write(words.map((line) => `${asText(line)}\n`).join('')),
    write: (bytes) => input.write(bytes),
    end: () => input.end(),
    next,
    async nextMessages(count) {
      const messages: Record<string, unknown>[] = [];
      while (messages.length < count) {
        const line = await next();
        if (line === undefined) break;
        messages.push(JSON.parse(line) as Record<string, unknown>);
      }
      return messages;
    },
    input,
    output,
    said,
    exit,
  };
}

/** A call of a tool. */
export const call = (id: string | number, name = 'tool', args: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});
