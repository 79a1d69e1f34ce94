import type { OutgoingHttpHeaders } from 'node:http';
import { type AskUpstream, questionId } from '@aegis/firewall/gate';
import type { HttpUpstream } from '@aegis/firewall/servers';
import { MAX_LINE_BYTES, type Response, readServerWords, type ServerWord } from '@aegis/firewall/wire';
import type { Exchange } from '../connection.ts';
import { readInTurns } from '../in-turns.ts';
import type { Limits } from '../limits.ts';
import { revisionOf } from '../meta.ts';
import { unfinished } from '../unfinished.ts';
import type { Reply } from './decoded.ts';
import { headerOf, isRevision } from './era.ts';
import { sendUpstream } from './send-upstream.ts';
import { SseSplitter } from './sse.ts';
import { kindOf, readReply } from './upstream-replies.ts';

/** A server that asks more than this before it has taken an answer does not wait for them. */
const MAX_ANSWERS = 32;
/** What a server says to an answer is read this far, so that its connection can be used again. */
const MAX_THANKS_BYTES = 65_536;

const answeredError = (method: string, error: unknown): Error =>
  Object.assign(new Error(`${method}: the server answered with an error.`, { cause: error }), {
    code: Object(error).code as unknown,
  });

/** Looks at each text of a reply until `look` says that it was the last. @throws Error where it is none, or too large */
async function readTexts(reply: Reply, look: (text: Buffer) => boolean): Promise<void> {
  const kind = kindOf(reply);
  if (kind.type === 'useless') throw new Error(`The server gave no answer: ${kind.because}.`);
  if (kind.type !== 'events') return void look(await readReply(reply));
  const share = unfinished.share();
  const splitter = new SseSplitter(MAX_LINE_BYTES, share);
  const reading = readInTurns(reply, (piece) => {
    const texts = splitter.push(piece).flatMap(({ data }) => (data === undefined ? [] : [data]));
    return { isLast: texts.some((text) => look(Buffer.from(text))) };
  });
  await reading.finally(() => share.keep(0));
}

/** @throws Error where there is none */
async function responseTo(id: number, reply: Reply): Promise<Response> {
  let because = `HTTP ${reply.statusCode}`;
  let response: Response | undefined;
  const isIt = (word: ServerWord): boolean => {
    if ('message' in word) {
      if (word.message.kind === 'response' && String(word.message.id) === String(id)) response = word.message;
      return response !== undefined;
    }
    because = word.nonsense;
    // The stream may stay open, and nothing more comes of this.
    return String(word.answers) === String(id);
  };
  await readTexts(reply, (text) => readServerWords(text, JSON.stringify(id)).some(isIt));
  if (response === undefined) throw new Error(`The server gave no answer: ${because}`);
  return response;
}

/** What the firewall asks a server itself over HTTP, under ids that no client can guess. */
export class HttpQuestions {
  readonly #upstream: HttpUpstream;
  readonly #limits: Limits;
  readonly #session: () => string | undefined;
  #version: string | undefined;
  #answering = 0;

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
    const id = questionId();
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
    if (this.#answering >= MAX_ANSWERS) return;
    this.#answering++;
    sendUpstream(this.#upstream, {
      method: 'POST',
      // An answer belongs to a session of the older revisions, so no header names a method.
      headers: this.#headers('', {}),
      body: text,
      signal: AbortSignal.timeout(this.#limits.answerTimeoutMs),
      timeoutMs: this.#limits.answerTimeoutMs,
    })
      .then((reply) => readReply(reply, MAX_THANKS_BYTES))
      .catch(() => undefined)
      .finally(() => this.#answering--);
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
