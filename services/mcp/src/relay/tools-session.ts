import { setTimeout as sleep } from 'node:timers/promises';
import { FROM_FIREWALL, FROM_RELAY } from '@aegis/firewall/relay';
import { MAX_IN_FLIGHT } from '@aegis/firewall/wire';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createStrictTransport, type StrictTransportOptions } from '../tools/serve/strict-transport.ts';
import type { Budget } from './budget.ts';
import { createClientEnd, ProtocolError } from './hello.ts';
import { createIntake } from './intake.ts';
import type { Session, SessionLine } from './session.ts';
import type { Turns } from './turns.ts';

const LOOK_AGAIN_MS = 10;
/** Nothing more is read while the requests that have no answer yet have more bytes than this. */
const MAX_OPEN_BYTES = 16 * 1_048_576;

export type ToolsSessionOptions = {
  readonly line: SessionLine;
  readonly initialize: string | undefined;
  /** Makes the server with the five tools, for this connection. */
  readonly createServer: () => McpServer;
  /** How long the end waits for the answers that are still to come, in milliseconds. */
  readonly drainMs: number;
  readonly budget: Budget;
  readonly turns: Turns;
  readonly refused?: StrictTransportOptions['refused'];
};

/** A relay with nothing behind it: the firewall's own five tools answer the client. */
export function createToolsSession(options: ToolsSessionOptions): Session {
  const { line, initialize, createServer, drainMs, budget, turns, refused } = options;
  const { channel, log } = line;
  const client = channel.outgoing(FROM_FIREWALL.client);
  const strict = createStrictTransport({
    write: (text, answers) => client.write(text, answers),
    done: (number) => channel.send(FROM_FIREWALL.done, '', number),
    drainMs,
    refused,
    sent: () => tryToAccount(),
  });
  const handle = serveStdio(createServer, {
    transport: strict.transport,
    onerror: (err) => log.info({ err }, 'protocol error'),
  });
  const isFull = (): boolean => strict.openRequests() >= MAX_IN_FLIGHT || strict.openBytes() > MAX_OPEN_BYTES;
  const answered = async (): Promise<void> => {
    while (!state.isClosed && isFull()) await sleep(LOOK_AGAIN_MS);
  };
  const share = budget.share();
  const state = { isClosed: false };
  const account = (): void => {
    if (state.isClosed) return;
    share.keep(strict.keptBytes() + strict.openBytes() + client.waitingBytes + line.unreadBytes());
  };
  const tryToAccount = (): void => {
    try {
      account();
    } catch (error) {
      line.failed(error);
    }
  };
  if (initialize !== undefined) strict.resume(initialize);
  const close = async (): Promise<void> => {
    state.isClosed = true;
    share.keep(0);
    intake.stop();
    await handle.close();
  };
  const finish = (): void => {
    strict.end().then(close).then(line.over, line.failed);
  };
  const reader = {
    take(bytes: Buffer): void {
      strict.take(bytes);
      account();
    },
    end: () => undefined,
    room: () => (isFull() ? answered() : (client.room() ?? line.room()))?.then(account),
    keptBytes: strict.keptBytes,
  };
  const taken = (bytes: number): void => channel.taken(FROM_RELAY.client, bytes);
  const intake = createIntake({ reader, turns, pace: line.pace, taken, failed: line.failed });
  const clientEnd = createClientEnd();
  return {
    take(type, n, payload) {
      if (type === FROM_RELAY.client && !clientEnd.hasCome) return intake.push(payload);
      if (type !== FROM_RELAY.clientEnded)
        throw new ProtocolError(`A frame of type ${type} has no place here.`);
      const isFirst = !clientEnd.hasCome;
      clientEnd.take(n);
      if (isFirst) intake.end(finish);
    },
    settled: strict.settled,
    lost: close,
  };
}
