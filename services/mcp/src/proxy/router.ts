import type { IncomingMessage } from 'node:http';
import type { ServerEntry } from '@aegis/firewall/servers';
import { errorResponse, INVALID_REQUEST, type Message, readClientMessage } from '@aegis/firewall/wire';
import type { Turn } from '../door.ts';
import type { Connections, Held, Session } from './connections.ts';
import type { ClientStream } from './http/client-stream.ts';
import { type Era, eraOf, isModern } from './http/era.ts';
import { Refused, readMessageBytes, requireNoBody } from './refused.ts';

/** What the SDK's servers say of a session that they don't know. */
const NO_SESSION = -32_001;
const NOT_FOUND = 404;
const REDIRECT = 300;

/** Who asks for what: one HTTP request of a client. */
export type ClientRequest = {
  readonly entry: ServerEntry;
  readonly principal: string;
  readonly request: IncomingMessage;
  readonly out: ClientStream;
  readonly turn: Turn;
};

const isSession = (held: Held | Session): held is Session => 'id' in held;

/** Brings each HTTP request to the connection that it belongs to. */
export class Router {
  readonly #connections: Connections;
  readonly #underWay = new Set<Promise<void>>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Resolves when what was posted so far is answered. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** @throws Refused, Unavailable */
  async post(asked: ClientRequest): Promise<void> {
    const { request, out, turn } = asked;
    const body = await readMessageBytes(request);
    await turn.weigh(body);
    const read = readClientMessage(body);
    if ('refused' in read) return this.#refuse(asked, body, read.refused.because, read.refused.answer);
    const { message } = read;
    const { headers } = request;
    const era = eraOf(message, headers);
    if (typeof era !== 'string') {
      const id = message.kind === 'request' ? message.rawId : 'null';
      return this.#refuse(asked, body, era.message, errorResponse(id, era.code, era.message));
    }
    const held = this.#heldFor(message, era, asked);
    const work = held.connection.post(message, { headers, era, out });
    this.#underWay.add(work);
    await this.#used(held, work, out).finally(() => this.#underWay.delete(work));
  }

  /** @throws Refused, Unavailable */
  async get(asked: ClientRequest): Promise<void> {
    const { held, exchange } = this.#withoutBody(asked);
    await this.#used(held, held.connection.get(exchange), asked.out);
  }

  /** @throws Refused, Unavailable */
  async delete(asked: ClientRequest): Promise<void> {
    const { held, exchange } = this.#withoutBody(asked);
    await this.#used(held, held.connection.delete(exchange), asked.out);
    const { status = REDIRECT } = asked.out;
    if (isSession(held) && status < REDIRECT) {
      await this.#connections.end(held, 'The client ended the session.');
    }
  }

  /** Lets go of a session that is over, or never came about. */
  async #used(held: Held | Session, work: Promise<void>, out: ClientStream): Promise<void> {
    await work.finally(() => {
      held.lastUsedMs = Date.now();
    });
    if (!isSession(held)) return;
    if (out.status === NOT_FOUND || !held.connection.isEstablished) {
      await this.#connections.end(held, 'The session is over.');
    }
  }

  /** A message that no server gets to see is on record, and answered. */
  #refuse(asked: ClientRequest, body: Buffer, because: string, answer: string): never {
    const held = this.#sessionOf(asked) ?? this.#connections.shared(asked.entry, asked.principal);
    held.connection.gate.refused(because, body);
    throw new Refused(400, because, INVALID_REQUEST, answer);
  }

  #withoutBody(asked: ClientRequest) {
    const { request, entry, principal, out } = asked;
    requireNoBody(request);
    const { headers } = request;
    const version = headers['mcp-protocol-version'];
    const era: Era = isModern(typeof version === 'string' ? version : undefined) ? 'modern' : 'legacy';
    const session = era === 'modern' ? undefined : this.#sessionOf(asked);
    const held: Held | Session = session ?? this.#connections.shared(entry, principal);
    return { held, exchange: { headers, era, out } };
  }

  #heldFor(message: Message, era: Era, asked: ClientRequest): Held | Session {
    const { entry, principal } = asked;
    if (era === 'modern') return this.#connections.shared(entry, principal);
    const session = this.#sessionOf(asked);
    if (session !== undefined) return session;
    if (message.kind === 'request' && message.method === 'initialize') {
      return this.#connections.begin(entry, principal);
    }
    if (entry.upstream.kind === 'http') return this.#connections.shared(entry, principal);
    throw new Refused(400, 'The Mcp-Session-Id header is missing: begin with initialize.', INVALID_REQUEST);
  }

  #sessionOf({ request, entry, principal }: ClientRequest): Session | undefined {
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') return undefined;
    const session = this.#connections.session(id, entry.name, principal);
    if (session === undefined) throw new Refused(NOT_FOUND, 'No such session: begin a new one.', NO_SESSION);
    return session;
  }
}
