import type { OutgoingHttpHeaders } from 'node:http';
import type { Gate } from '@aegis/firewall/gate';
import type { HttpUpstream, ServerEntry } from '@aegis/firewall/servers';
import { createInFlight, errorResponse, type Message, type Request } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import { admitNotification, admitResponse, gateFor, judge, openCall } from '../admit.ts';
import type { Away } from '../away.ts';
import { type Call, Calls } from '../calls.ts';
import { type Connection, type Exchange, type OpenGate, Unavailable } from '../connection.ts';
import type { Limits } from '../limits.ts';
import { expandUpstream } from '../servers/expand.ts';
import type { ClientStream } from './client-stream.ts';
import type { Reply } from './decoded.ts';
import { comparedHeaders } from './era.ts';
import { headersToServer } from './headers.ts';
import { HttpQuestions } from './http-questions.ts';
import { createParameterHeaders } from './param-headers.ts';
import { ReplyRelay } from './reply-relay.ts';
import { describeFailure, sendUpstream, Unsent } from './send-upstream.ts';
import { ServerMessages } from './server-messages.ts';

export type HttpConnectionOptions = {
  readonly entry: ServerEntry<HttpUpstream>;
  readonly principal: string;
  /** Our own id of the session; undefined for what comes without one. */
  readonly sessionId: string | undefined;
  readonly openGate: OpenGate;
  readonly limits: Limits;
  readonly away: Away;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
};

/** A stream that says nothing for as long as it likes. */
const LISTEN = 'subscriptions/listen';

/** @throws Unavailable where a variable is not set, or the address is none */
function expand({ entry, env, away }: HttpConnectionOptions): HttpUpstream {
  const unavailable = (problem: string): Unavailable => {
    away.failed(entry, `it can't be used: ${problem}`);
    return new Unavailable(`The server ${entry.name} can't be used: ${problem}.`);
  };
  const expanded = expandUpstream(entry.upstream, env);
  if ('problem' in expanded) throw unavailable(expanded.problem);
  if (!URL.canParse(expanded.upstream.url) || !/^https?:/i.test(expanded.upstream.url))
    throw unavailable('its url is no http or https address');
  return expanded.upstream;
}

/** A client's connection to a server that is reached over Streamable HTTP. */
export class HttpConnection implements Connection {
  readonly entry: ServerEntry<HttpUpstream>;
  readonly principal: string;
  readonly gate: Gate;
  readonly #sessionId: string | undefined;
  readonly #upstream: HttpUpstream;
  readonly #limits: Limits;
  readonly #away: Away;
  readonly #calls: Calls;
  readonly #relay: ReplyRelay;
  readonly #questions: HttpQuestions;
  readonly #asked = createInFlight();
  /** Streams on which the client hears of its session. */
  readonly #listening = new Set<ClientStream>();
  readonly #closing = new AbortController();
  #upstreamSession: string | undefined;
  #exchanges = 0;

  /** @throws Unavailable */
  constructor(options: HttpConnectionOptions) {
    const { entry, principal, sessionId, openGate, limits, log, away } = options;
    this.entry = entry;
    this.principal = principal;
    this.#sessionId = sessionId;
    this.#upstream = expand(options);
    this.#limits = limits;
    this.#away = away;
    this.#calls = new Calls(sessionId !== undefined);
    this.#questions = new HttpQuestions(this.#upstream, limits, () => this.#upstreamSession);
    this.gate = gateFor(entry, principal, openGate, this.#questions.ask);
    const answer = (text: string): void => this.#questions.answer(text);
    const messages = new ServerMessages(this.gate, this.#calls, this.#asked, log, answer);
    this.#relay = new ReplyRelay({
      messages,
      calls: this.#calls,
      parkMs: limits.answerTimeoutMs,
      hasSession: sessionId !== undefined,
      listening: () => [...this.#listening].find((out) => out.isStreaming && !out.isEnded),
    });
  }

  /** Whether the server has given the session an id; without one there is no session. */
  get isEstablished(): boolean {
    return this.#upstreamSession !== undefined;
  }

  isIdle(): boolean {
    return this.#exchanges === 0 && this.#calls.size === 0;
  }

  async post(message: Message, exchange: Exchange): Promise<void> {
    this.#exchanges++;
    try {
      if (message.kind === 'request') return await this.#request(message, exchange);
      if (message.kind === 'response') {
        if (!admitResponse(this.gate, this.#asked.close(message.id), message, exchange.out)) return;
        await this.#pass('POST', exchange, { ...message, text: this.gate.clientResponse(message) });
      } else if (admitNotification(this.gate, this.#calls, message, exchange.out)) {
        await this.#pass('POST', exchange, message);
      }
    } finally {
      this.#exchanges--;
    }
  }

  async get(exchange: Exchange): Promise<void> {
    this.#exchanges++;
    this.#listening.add(exchange.out);
    await this.#pass('GET', exchange).finally(() => {
      this.#exchanges--;
      this.#listening.delete(exchange.out);
    });
  }

  delete(exchange: Exchange): Promise<void> {
    return this.#pass('DELETE', exchange);
  }

  async close(because: string): Promise<void> {
    this.#calls.loseAll(because);
    this.#closing.abort();
    await this.gate.close();
  }

  async #request(request: Request, exchange: Exchange): Promise<void> {
    const { out } = exchange;
    const call = openCall(this.gate, this.#calls, request, out);
    if (call === undefined) return;
    if (exchange.era === 'legacy') this.#questions.heard(exchange);
    const parameters = createParameterHeaders(exchange.headers);
    const isModern = exchange.era === 'modern';
    const disposition = await judge(this.gate, call, out, isModern ? parameters.disagrees : undefined);
    if (disposition === undefined) return this.#calls.close(call);
    await this.#forward(call, disposition.text, exchange, parameters.verified);
    if (call.isOver) this.#calls.close(call);
  }

  async #forward(
    call: Call,
    text: string,
    exchange: Exchange,
    parameters: OutgoingHttpHeaders,
  ): Promise<void> {
    const timeoutMs = call.request.method === LISTEN ? 0 : this.#limits.answerTimeoutMs;
    let reply: Reply;
    try {
      const compared = comparedHeaders(call.request, exchange.era);
      const headers = { ...headersToServer(exchange.headers, 'POST', compared), ...parameters };
      reply = await this.#send('POST', exchange, headers, timeoutMs, text);
    } catch (error) {
      const fate = error instanceof Unsent ? 'unsent' : 'unknown';
      return this.#relay.lose(call, exchange.out, { because: describeFailure(error), fate });
    }
    this.#takeSession(reply, exchange);
    await this.#relay.toRequest(reply, call, exchange.out);
  }

  /** A session of the server's becomes one of ours: its id there is nobody's business here. */
  #takeSession({ headers }: Pick<Reply, 'headers'>, { out }: Exchange): void {
    const given = headers['mcp-session-id'];
    if (this.#sessionId === undefined || typeof given !== 'string') return;
    this.#upstreamSession ??= given;
    out.setHeader('mcp-session-id', this.#sessionId);
  }

  async #pass(method: 'POST' | 'GET' | 'DELETE', exchange: Exchange, message?: Message): Promise<void> {
    const timeoutMs = method === 'GET' ? 0 : this.#limits.answerTimeoutMs;
    const headers = headersToServer(exchange.headers, method, comparedHeaders(message, exchange.era));
    try {
      const reply = await this.#send(method, exchange, headers, timeoutMs, message?.text);
      if (this.#sessionId !== undefined) exchange.out.setHeader('mcp-session-id', this.#sessionId);
      await this.#relay.toOther(reply, exchange.out, headers['last-event-id'] !== undefined);
    } catch (error) {
      const sentence = `The server ${this.entry.name} gave no answer: ${describeFailure(error)}.`;
      exchange.out.answer(errorResponse('null', -32_000, sentence), 502);
    }
  }

  #send(
    method: 'POST' | 'GET' | 'DELETE',
    exchange: Exchange,
    headers: OutgoingHttpHeaders,
    timeoutMs: number,
    text: string | undefined,
  ) {
    const session = this.#upstreamSession === undefined ? {} : { 'mcp-session-id': this.#upstreamSession };
    const { entry } = this;
    const signal = AbortSignal.any([exchange.out.gone, this.#closing.signal]);
    const sent = sendUpstream(this.#upstream, {
      method,
      headers: { ...headers, ...session },
      body: text,
      signal,
      timeoutMs,
    });
    sent.then(
      () => this.#away.answered(entry),
      (error) => {
        if (error instanceof Unsent && !signal.aborted)
          this.#away.failed(entry, describeFailure(error), true);
      },
    );
    return sent;
  }
}
