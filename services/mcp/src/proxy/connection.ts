import type { IncomingHttpHeaders } from 'node:http';
import type { Gate, GateOptions } from '@aegis/firewall/gate';
import type { ServerEntry } from '@aegis/firewall/servers';
import type { Message } from '@aegis/firewall/wire';
import type { ClientStream } from './http/client-stream.ts';
import type { Era } from './http/era.ts';

/** One HTTP request of a client, on its way to one server. */
export type Exchange = {
  readonly headers: IncomingHttpHeaders;
  readonly era: Era;
  readonly out: ClientStream;
};

/**
 * One client's connection to one server: a session, or all that one principal says without one. Never rejects: what goes
 * wrong is an answer.
 */
export type Connection = {
  readonly entry: ServerEntry;
  readonly principal: string;
  readonly gate: Gate;
  post(message: Message, exchange: Exchange): Promise<void>;
  get(exchange: Exchange): Promise<void>;
  delete(exchange: Exchange): Promise<void>;
  /** True where nothing is under way and nobody listens. */
  isIdle(): boolean;
  /** What is under way is lost, with this sentence. */
  close(because: string): Promise<void>;
};

/** Makes the gate that judges what comes over a connection. */
export type OpenGate = (options: GateOptions) => Gate;

/** The server can't be used now: one sentence, for the client. */
export class Unavailable extends Error {}
