import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import type { AskUpstream, Gate, GateOptions } from '@aegis/firewall/gate';
import { type Channel, createChannel, FROM_FIREWALL, FROM_RELAY, type Hello } from '@aegis/firewall/relay';
import { createLogger } from '@aegis/kit/logger';
import { ODD_SERVER } from '@aegis/testkit/odd-server';
import { onTestFinished } from 'vitest';
import { createRelays } from '../relays.ts';

export type Wrapped = {
  /** Says lines to the server, one string a line. */
  readonly say: (...lines: (string | object)[]) => void;
  /** Says bytes as they are. */
  readonly write: (bytes: Uint8Array | string) => boolean;
  /** The client says no more. */
  readonly end: () => void;
  /** The client says no more, and reads no more. */
  readonly hangUp: () => void;
  /** The relay is gone from one moment to the next. */
  readonly crash: () => void;
  /** The next line that the client gets; undefined where it gets no more. */
  readonly next: () => Promise<string | undefined>;
  /** The next lines, parsed. */
  readonly nextMessages: (count: number) => Promise<Record<string, unknown>[]>;
  /** All that the client still gets, as it came. Not together with `next`. */
  readonly output: PassThrough;
  readonly input: PassThrough;
  /** The numbers of the client's lines that were answered, or need nothing more, in order. */
  readonly lines: number[];
  /** The client's lines whose answers may pass at once, each with its id. */
  readonly passing: string[];
  /** Says in the server's place what answers the client's line n, which the client has already. */
  readonly deliver: (n: number, text: string) => void;
  /** Lines for stderr. */
  readonly complaints: string[];
  /** Resolves when the firewall has ended the connection, with the exit code of the server where that has ended. */
  readonly exit: Promise<number | undefined>;
};

export type WrappedOptions = {
  readonly gate: Gate | ((askUpstream: AskUpstream) => Gate);
  /** The kind of server, and its argument. */
  readonly server: readonly string[];
  /** For the judgements that are still to come when the client says no more, in milliseconds. */
  readonly answersMs?: number;
  /** False where the test reads `output` itself. */
  readonly readsLines?: boolean;
  readonly hello?: Partial<Hello>;
};

const asText = (line: string | object): string => (typeof line === 'string' ? line : JSON.stringify(line));

/** A socket, served by relays whose gates a test makes. */
async function connected(openGate: (options: GateOptions) => Gate, answersMs = 5_000): Promise<Socket> {
  const relays = createRelays({
    openGate,
    createServer: () => {
      throw new Error('no tools here');
    },
    drainMs: 100,
    log: createLogger('test', 'silent'),
    answersMs,
  });
  const folder = await mkdtemp(join(tmpdir(), 'aegis-relay-'));
  const server = createServer({ allowHalfOpen: true }, (socket) => relays.serve(socket, 'os-user:test'));
  await once(server.listen(join(folder, 's')), 'listening');
  const socket = connect({ path: join(folder, 's'), allowHalfOpen: true });
  await once(socket, 'connect');
  onTestFinished(async () => {
    socket.destroy();
    await relays.stop();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return socket;
}

/** Sends a stream on, as fast as the firewall takes it. */
async function relayed(channel: Channel, letter: string, from: Readable): Promise<void> {
  const out = channel.outgoing(letter);
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      out.write(chunk);
      await out.room();
    }
  } catch {
    // The stream is gone.
  }
}

/** Gives a stream its bytes, and the firewall the room for more once they are read. */
function put(channel: Channel, letter: string, to: Writable, bytes: Buffer): void {
  const taken = (): void => channel.taken(letter, bytes.length);
  if (to.destroyed || to.writableEnded) return taken();
  to.write(Buffer.from(bytes), taken);
}

function startServer(server: readonly string[]) {
  const child = spawn(process.execPath, [ODD_SERVER, ...server], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined);
  child.stdout.on('error', () => undefined);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** A relay around one of the servers in `odd-server-child.ts`, with a client that a test speaks for. */
export async function wrapped(options: WrappedOptions): Promise<Wrapped> {
  const { gate, server, answersMs, readsLines = true, hello } = options;
  const openGate = typeof gate === 'function' ? (of: GateOptions) => gate(of.askUpstream) : () => gate;
  const socket = await connected(openGate, answersMs);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const [answered, complaints, passing]: [number[], string[], string[]] = [[], [], []];
  const child = startServer(server);
  const exit = Promise.withResolvers<number | undefined>();
  let exitCode: number | undefined;
  socket.once('close', () => {
    output.end();
    child.stdin.end();
    exit.resolve(exitCode);
  });
  const channel = createChannel(socket, {
    incoming: [FROM_FIREWALL.client, FROM_FIREWALL.server],
    take(type, n, payload) {
      const isAnswered = type === FROM_FIREWALL.client || type === FROM_FIREWALL.done;
      if (isAnswered && n > 0) answered.push(n);
      if (type === FROM_FIREWALL.passes) passing.push(`${n} ${payload.toString()}`);
      if (type === FROM_FIREWALL.client) put(channel, type, output, payload);
      else if (type === FROM_FIREWALL.server) put(channel, type, child.stdin, payload);
      else if (type === FROM_FIREWALL.endServer) child.stdin.end();
      else if (type === FROM_FIREWALL.log) complaints.push(payload.toString());
    },
    broken: (error) => socket.destroy(error),
  });
  socket.once('end', () => socket.end());
  channel.send(FROM_RELAY.hello, JSON.stringify({ mode: 'wrap', server: 'srv', ...hello }));
  void relayed(channel, FROM_RELAY.client, input).then(() =>
    channel.outgoing(FROM_RELAY.client).mark(FROM_RELAY.clientEnded),
  );
  const said = relayed(channel, FROM_RELAY.server, child.stdout);
  child.once('exit', (code, signal) => {
    exitCode = code ?? undefined;
    void said.then(() =>
      channel.outgoing(FROM_RELAY.server).mark(FROM_RELAY.serverEnded, JSON.stringify({ code, signal })),
    );
  });
  const lines = readsLines ? createInterface({ input: output })[Symbol.asyncIterator]() : undefined;
  const next = async (): Promise<string | undefined> => (await lines?.next())?.value;
  return {
    say: (...more) => void input.write(more.map((line) => `${asText(line)}\n`).join('')),
    write: (bytes) => input.write(bytes),
    end: () => input.end(),
    hangUp: () => channel.send(FROM_RELAY.clientEnded, '', 1),
    crash: () => void socket.destroy(),
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
    lines: answered,
    passing,
    deliver: (n, text) => channel.outgoing(FROM_RELAY.server).write(`${text}\n`, n),
    complaints,
    exit: exit.promise,
  };
}

/** A call of a tool. */
export const call = (id: string | number, name = 'tool', args: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});
