import { errorResponse, INTERNAL_ERROR, MAX_LINE_BYTES } from '@aegis/firewall/wire';
import type { Call, Calls } from '../calls.ts';
import { readInTurns } from '../in-turns.ts';
import { type Fate, noAnswer } from '../no-answer.ts';
import { unfinished } from '../unfinished.ts';
import type { ClientStream } from './client-stream.ts';
import type { Reply } from './decoded.ts';
import { headersToClient, isType } from './headers.ts';
import { describeFailure } from './send-upstream.ts';
import type { Arrival, ServerMessages, Verdict } from './server-messages.ts';
import { isShown } from './shown-body.ts';
import { SseSplitter } from './sse.ts';
import { describeBody, fateBy, httpSaid, kindOf, readReply } from './upstream-replies.ts';

const NO_CONTENT = 204;
const BAD_GATEWAY = 502;
const PLAIN = 'text/plain; charset=utf-8';
const NOT_TAKEN_UP = 'the client did not take its stream up again';

/** Why there is no answer: `reply` where one began, whose status is the client's too where that says something. */
type Loss = { readonly because: string; readonly fate?: Fate; readonly reply?: Reply };

export type ReplyRelayOptions = {
  readonly messages: ServerMessages;
  readonly calls: Calls;
  /** How long a call waits for its response on another stream, in milliseconds. */
  readonly parkMs: number;
  readonly hasSession: boolean;
  /** Where the client listens to its session, if it does. */
  readonly listening: () => ClientStream | undefined;
};

const textOf = (verdict: Verdict, body: Buffer): string =>
  verdict.type === 'text' ? verdict.text : body.toString('utf8');

/** Brings what a server answers to the client. */
export class ReplyRelay {
  readonly #options: ReplyRelayOptions;

  constructor(options: ReplyRelayOptions) {
    this.#options = options;
  }

  /** The answer to a client's request. */
  async toRequest(reply: Reply, call: Call, out: ClientStream): Promise<void> {
    const kind = kindOf(reply);
    if (kind.type === 'useless') {
      reply.destroy();
      return this.lose(call, out, { because: kind.because, fate: fateBy(reply), reply });
    }
    const retryAfter = reply.headers['retry-after'];
    if (retryAfter !== undefined) out.setHeader('retry-after', retryAfter);
    try {
      if (kind.type === 'events') return await this.#events(reply, out, { own: call, isResumed: false });
      const body = await readReply(reply);
      if (kind.type === 'json') this.#json(reply, body, call, out);
      else if (kind.type === 'error') this.#error(reply, body, call, out);
      else this.#accepted(reply, call, out);
    } catch (error) {
      const because = describeFailure(error);
      if (kind.type === 'events') this.#brokenOff(call, out, because);
      else this.lose(call, out, { because, fate: fateBy(reply), reply });
    }
  }

  /** The answer to a notification, a response, a GET or a DELETE. @throws what the connection fails with */
  async toOther(reply: Reply, out: ClientStream, isResumed: boolean): Promise<void> {
    const kind = kindOf(reply);
    if (kind.type === 'events') {
      return await this.#events(reply, out, { isResumed }).catch(() => out.end());
    }
    if (kind.type === 'useless') {
      reply.destroy();
      const sentence = `The server gave no answer: ${kind.because}.`;
      return out.answer(errorResponse('null', -32_000, sentence, httpSaid(reply)), BAD_GATEWAY);
    }
    const body = await readReply(reply);
    const shown = isShown(body, reply.headers['content-type']) ? body : undefined;
    out.send(reply.statusCode ?? BAD_GATEWAY, shown, headersToClient(reply.headers));
  }

  /** There will be no response: the client is told why, under the server's own status where that is of an error. */
  lose(call: Call, out: ClientStream, { because, fate = 'unknown', reply }: Loss): void {
    const sentence = noAnswer(because, fate);
    const http = reply && httpSaid(reply);
    const isUnsent = fate === 'unsent';
    const end = { type: 'lost', because: sentence, isUnsent, isRefused: fate === 'refused', http } as const;
    const text = call.end(end) ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence, http);
    this.#options.calls.close(call);
    const isError = reply !== undefined && kindOf(reply).type === 'error';
    out.answer(text, isError ? reply.statusCode : undefined);
  }

  async #events(reply: Reply, out: ClientStream, arrival: Arrival): Promise<void> {
    out.startEvents(reply.statusCode, headersToClient(reply.headers));
    const share = unfinished.share();
    const splitter = new SseSplitter(MAX_LINE_BYTES, share);
    const { own } = arrival;
    const reading = readInTurns(reply, (piece) => {
      const wasOver = own?.isOver;
      const shown: Buffer[] = [];
      for (const event of splitter.push(piece)) {
        if (own !== undefined && event.id !== undefined) own.isResumable = true;
        const bytes = this.#options.messages.passEvent(event, arrival);
        if (bytes !== undefined) shown.push(bytes);
      }
      const room = shown.length > 0 ? out.write(Buffer.concat(shown)) : undefined;
      return { isAnswer: own?.isOver !== wasOver, room };
    });
    await reading.finally(() => share.keep(0));
    if (own === undefined || own.isOver) out.end();
    else this.#brokenOff(own, out, 'it ended its answer before it was whole');
  }

  /** Its stream is over, and its response has not come: it may come where the client takes it up again. */
  #brokenOff(call: Call, out: ClientStream, because: string): void {
    if (call.isOver) return out.end();
    if (!call.isResumable) return this.lose(call, out, { because });
    this.#park(call, NOT_TAKEN_UP);
    out.end();
  }

  /** Waits for a response on another stream of the client's, which is told where none comes. */
  #park(call: Call, because: string): void {
    const { calls, parkMs, listening } = this.#options;
    calls.park(call, parkMs, () => {
      const sentence = noAnswer(because, 'unknown');
      const text = call.end({ type: 'lost', because: sentence });
      calls.close(call);
      listening()?.notify(text ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence));
    });
  }

  #json(reply: Reply, body: Buffer, call: Call, out: ClientStream): void {
    const verdicts =
      body.length === 0 ? [] : this.#options.messages.judge(body, { own: call, isResumed: false });
    const answer = verdicts.find(({ isAnswer }) => isAnswer);
    if (answer === undefined) {
      const dropped = verdicts.find((verdict) => verdict.type === 'drop');
      const why = dropped === undefined ? '' : ` (${dropped.because})`;
      const because = `what it sent is not a response to this request: ${describeBody(reply, body)}${why}`;
      return this.lose(call, out, { because });
    }
    for (const verdict of verdicts) {
      if (verdict.type === 'text' && verdict !== answer) out.notify(verdict.text);
    }
    const isPlain = answer.type === 'same' && isType(reply.headers['content-type'], 'application/json');
    if (isPlain && !out.isStreaming) {
      return out.send(reply.statusCode ?? BAD_GATEWAY, body, headersToClient(reply.headers));
    }
    out.answer(textOf(answer, body));
  }

  /** A status of its own stays what it is, unless the answer has begun: then it is an error in the stream. */
  #error(reply: Reply, body: Buffer, call: Call, out: ClientStream): void {
    const { statusCode: status = BAD_GATEWAY, headers } = reply;
    const answer = this.#options.messages
      .judge(body, { own: call, isResumed: false })
      .find(({ isAnswer }) => isAnswer);
    const type = headers['content-type'] ?? PLAIN;
    const mayShow = !out.isStreaming && isShown(body, type);
    if (answer !== undefined && (answer.type === 'text' || !mayShow))
      return out.answer(textOf(answer, body), status);
    const fate = fateBy(reply);
    if (!mayShow) return this.lose(call, out, { because: `HTTP ${status}`, fate, reply });
    const because = `The server answered with HTTP ${status}.`;
    call.end({ type: 'lost', because, isRefused: fate === 'refused' });
    this.#options.calls.close(call);
    out.send(status, body, { 'content-type': type, ...headersToClient(headers) });
  }

  /** Some servers answer a request later, on the stream of the session, where the client listens. */
  #accepted(reply: Reply, call: Call, out: ClientStream): void {
    const { hasSession, listening } = this.#options;
    const status = reply.statusCode ?? NO_CONTENT;
    if (!hasSession || listening() === undefined)
      return this.lose(call, out, { because: `HTTP ${status} and nothing more` });
    this.#park(call, `HTTP ${status} and nothing more`);
    out.send(status, undefined);
  }
}
