import { createLineSplitter, errorResponse, INVALID_REQUEST } from '@aegis/firewall/wire';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/server';
import { NO_LINE, OpenRequests } from './open-requests.ts';
import {
  isUnknown,
  MAX_MESSAGE_BYTES,
  readToolMessage,
  TOO_LARGE,
  UNKNOWN_METHOD,
} from './strict-message.ts';

export type StrictTransportOptions = {
  /** Takes a line for the client, with the number of the client's line that it answers; 0 for none. */
  readonly write: (line: string, answers: number) => void;
  /** Nothing is to come for this line of the client. */
  readonly done: (line: number) => void;
  /** How long the end waits for the answers that are still to come, in milliseconds. */
  readonly drainMs: number;
  /** Hears what kind of thing is refused before a tool is asked. */
  readonly refused?: ((kind: string) => void) | undefined;
  /** Hears that something went out, so that less may be open. */
  readonly sent?: () => void;
};

const TAKEN = 'A request with this id waits for its answer already.';
const INITIALIZED: JSONRPCMessage = { jsonrpc: '2.0', method: 'notifications/initialized' };

/**
 * A transport of the SDK that gets each message as it was read strictly; other lines are refused. (The SDK's own would skip
 * a line that it can't parse, and leave the caller waiting.)
 */
export function createStrictTransport({ write, done, drainMs, refused, sent }: StrictTransportOptions) {
  const open = new OpenRequests();
  const closed = Promise.withResolvers<void>();
  const state = { isClosed: false };
  const say = (line: string, answers: number): void => {
    if (!state.isClosed && answers !== NO_LINE) write(`${line}\n`, answers);
  };
  const transport: Transport = {
    start: () => Promise.resolve(),
    send(message) {
      say(JSON.stringify(message), open.sent(message));
      sent?.();
      return Promise.resolve();
    },
    close() {
      if (!state.isClosed) transport.onclose?.();
      state.isClosed = true;
      closed.resolve();
      return Promise.resolve();
    },
  };
  const refuse = (kind: string, refusal: string): void => {
    refused?.(kind);
    say(refusal, lines.number);
  };
  const lines = createLineSplitter({
    tooLong: () => refuse('payload_too_large', TOO_LARGE),
    empty: () => done(lines.number),
    maxBytes: MAX_MESSAGE_BYTES,
  });
  const onLine = (line: Buffer): void => {
    const { number } = lines;
    if (line.toString('latin1').trim() === '') return done(number);
    const read = readToolMessage(line);
    if ('refusal' in read) return refuse('message', read.refusal);
    const { message } = read;
    if (open.isTaken(message)) {
      return refuse('message', errorResponse(JSON.stringify(Object(message).id), INVALID_REQUEST, TAKEN));
    }
    if (isUnknown(message)) refused?.(UNKNOWN_METHOD);
    // The tools end what they began, so the SDK must not forget that it is under way.
    const isInVain = open.isInVain(message);
    for (const over of open.received(message, number, line.length)) done(over);
    if (!isInVain) transport.onmessage?.(message);
  };
  return {
    transport,
    /** Takes bytes of the client. */
    take(bytes: Buffer): void {
      for (const line of lines.split(bytes)) onLine(line);
    },
    /** The client says no more. Resolves once it has the answers that are still to come, or won't have them. */
    async end(): Promise<void> {
      for (const line of lines.rest()) onLine(line);
      await open.settled(drainMs);
      await transport.close();
    },
    /** Begins as a connection did that the client knows already: its `initialize` is not answered again. */
    resume(initialize: string): void {
      const read = readToolMessage(Buffer.from(initialize));
      if ('refusal' in read || !('method' in read.message) || read.message.method !== 'initialize') return;
      open.received(read.message, NO_LINE);
      transport.onmessage?.(read.message);
      transport.onmessage?.(INITIALIZED);
    },
    keptBytes: () => lines.keptBytes,
    /** Resolves when every request is answered, or won't be. */
    settled: (): Promise<void> => open.settled(drainMs),
    /** Requests that have no answer yet. */
    openRequests: () => open.size,
    /** Bytes of their messages. */
    openBytes: () => open.bytes,
    closed: closed.promise,
  };
}
