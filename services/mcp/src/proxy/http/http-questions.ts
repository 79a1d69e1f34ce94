import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { AskUpstream } from '@aegis/firewall/gate';
import type { HttpUpstream } from '@aegis/firewall/servers';
import { MAX_LINE_BYTES, type Response, readServerWords } from '@aegis/firewall/wire';
import type { Exchange } from '../connection.ts';
import type { Limits } from '../limits.ts';
import { revisionOf } from '../meta.ts';
import { headerOf, isRevision } from './era.ts';
import { sendUpstream } from './send-upstream.ts';
import { SseSplitter } from './sse.ts';
import { kindOf, readReply } from './upstream-replies.ts';

const answeredError = (method: string, error: unknown): Error =>
  Object.assign(new Error(`${method}: the server answered with an error.`, { cause: error }), {
    code: Object(error).code as unknown,
  });

async function* textsOf(reply: IncomingMessage): AsyncGenerator<Buffer, void> {
  const kind = kindOf(reply);
  if (kind.type === 'events') {
    const splitter = new SseSplitter(MAX_LINE_BYTES);
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      for (const { data } of splitter.push(chunk)) {
        if (data !== undefined) yield Buffer.from(data);
      }
    }
    return;
  }
  if (kind.type === 'useless') throw new Error(`The server gave no answer: ${kind.because}.`);
  yield await readReply(reply);
}

/** @throws Error where there is none */
async function responseTo(id: string, reply: IncomingMessage): Promise<Response> {
  let because = `HTTP ${reply.statusCode}`;
  for await (const text of textsOf(reply)) {
    for (const word of readServerWords(text, JSON.stringify(id))) {
      if ('message' in word) {
        if (word.message.kind === 'response' && word.message.id === id) return word.message;
        continue;
      }
      because = word.nonsense;
      // The stream may stay open, and nothing more comes of this.
      if (word.answers === id) throw new Error(`The server gave no answer: ${because}`);
    }
  }
  throw new Error(`The server gave no answer: ${because}`);
}

/** What the firewall asks a server itself over HTTP, under ids that no client can guess. */
export class HttpQuestions {
  readonly #upstream: HttpUpstream;
  readonly #limits: Limits;
  readonly #session: () => string | undefined;
  #version: string | undefined;

  constructor(upstream: HttpUpstream, limits: Limits, session: () => string | undefined) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#session = session;
  }

  /** Learns which of the older revisions this client and the server agreed on. */
  heard({ headers }: Exchange): void {
    const version = headerOf(headers, 'mcp-protocol-version');
    if (isRevision(version)) this.#version = version;
  }

  readonly ask: AskUpstream = async (method, params, signal) => {
    const id = `aegis-${randomUUID()}`;
    const over = new AbortController();
    try {
      const reply = await sendUpstream(this.#upstream, {
        method: 'POST',
        headers: this.#headers(method, params),
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
        signal: AbortSignal.any([signal, over.signal]),
        timeoutMs: this.#limits.answerTimeoutMs,
      });
      const response = await responseTo(id, reply);
      if (response.error !== undefined) throw answeredError(method, response.error);
      return response.result;
    } finally {
      over.abort();
    }
  };

  /** Answers a question of the server's that the client never sees. It is not tried again: the server gives up by itself. */
  answer(text: string): void {
    sendUpstream(this.#upstream, {
      method: 'POST',
      // An answer belongs to a session of the older revisions, so no header names a method.
      headers: this.#headers('', {}),
      body: text,
      signal: AbortSignal.timeout(this.#limits.answerTimeoutMs),
      timeoutMs: this.#limits.answerTimeoutMs,
    }).then(
      (reply) => void reply.resume(),
      () => undefined,
    );
  }

  #headers(method: string, params: Record<string, unknown>): OutgoingHttpHeaders {
    const headers: OutgoingHttpHeaders = { accept: 'application/json, text/event-stream' };
    const revision = revisionOf(params);
    const version = revision ?? this.#version;
    if (version !== undefined) headers['mcp-protocol-version'] = version;
    if (revision !== undefined) headers['mcp-method'] = method;
    const session = this.#session();
    if (session !== undefined) headers['mcp-session-id'] = session;
    return headers;
  }
}
