import type { IncomingMessage } from 'node:http';
import { errorResponse, INTERNAL_ERROR, MAX_LINE_BYTES } from '@aegis/firewall/wire';
import type { Call, Calls } from '../calls.ts';
import type { ClientStream } from './client-stream.ts';
import { headersToClient } from './headers.ts';
import { describeFailure } from './send-upstream.ts';
import type { Arrival, ServerMessages } from './server-messages.ts';
import { isShown } from './shown-body.ts';
import { EventTooLarge, SseSplitter } from './sse.ts';
import { kindOf, readReply } from './upstream-replies.ts';

const NO_CONTENT = 204;
const BAD_GATEWAY = 502;
const NO_RESPONSE = 'its answer is neither JSON nor a stream of events';
const TOO_LARGE = `its answer is larger than ${MAX_LINE_BYTES} bytes`;

/** Brings what a server answers to the client. */
export class ReplyRelay {
  readonly #messages: ServerMessages;
  readonly #calls: Calls;
  readonly #parkMs: number;
  readonly #hasSession: boolean;

  constructor(messages: ServerMessages, calls: Calls, parkMs: number, hasSession: boolean) {
    this.#messages = messages;
    this.#calls = calls;
    this.#parkMs = parkMs;
    this.#hasSession = hasSession;
  }

  /** The answer to a client's request. */
  async toRequest(reply: IncomingMessage, call: Call, out: ClientStream): Promise<void> {
    const kind = kindOf(reply);
    if (kind.type === 'useless' || kind.type === 'other') {
      reply.destroy();
      return this.lose(call, out, kind.type === 'other' ? NO_RESPONSE : kind.because);
    }
    try {
      if (kind.type === 'events') return await this.#events(reply, out, { own: call, isResumed: false });
      const body = await readReply(reply);
      if (kind.type === 'json') this.#json(reply, body, call, out);
      else if (kind.type === 'error') this.#error(reply, body, call, out);
      else this.#accepted(reply, call, out);
    } catch (error) {
      this.#brokenOff(call, out, error instanceof EventTooLarge ? TOO_LARGE : describeFailure(error));
    }
  }

  /** The answer to a notification, a response, a GET or a DELETE. @throws what the connection fails with */
  async toOther(reply: IncomingMessage, out: ClientStream, isResumed: boolean): Promise<void> {
    const kind = kindOf(reply);
    if (kind.type === 'events') {
      return await this.#events(reply, out, { isResumed }).catch(() => out.end());
    }
    const body = kind.type === 'useless' ? undefined : await readReply(reply);
    if (kind.type === 'useless' || body === undefined) {
      reply.destroy();
      const because = kind.type === 'useless' ? kind.because : TOO_LARGE;
      return out.answer(
        errorResponse('null', -32_000, `The server gave no answer: ${because}.`),
        BAD_GATEWAY,
      );
    }
    const shown = isShown(body, reply.headers['content-type']) ? body : undefined;
    out.send(reply.statusCode ?? BAD_GATEWAY, shown, headersToClient(reply.headers));
  }

  /** There will be no response: the client is told why. */
  lose(call: Call, out: ClientStream, because: string, isUnsent = false): void {
    const rest = isUnsent ? 'Nothing was sent' : 'Whether it did anything is not known';
    const sentence = `The server gave no answer: ${because}. ${rest}.`;
    const text = call.end({ type: 'lost', because: sentence, isUnsent });
    this.#calls.close(call);
    out.answer(text ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence));
  }

  async #events(reply: IncomingMessage, out: ClientStream, arrival: Arrival): Promise<void> {
    out.startEvents(reply.statusCode, headersToClient(reply.headers));
    const splitter = new SseSplitter(MAX_LINE_BYTES);
    const { own } = arrival;
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      const shown: Buffer[] = [];
      for (const event of splitter.push(chunk)) {
        if (own !== undefined && event.id !== undefined) own.isResumable = true;
        const bytes = this.#messages.passEvent(event, arrival);
        if (bytes !== undefined) shown.push(bytes);
      }
      if (shown.length > 0) await out.write(Buffer.concat(shown));
    }
    if (own === undefined || own.isOver) out.end();
    else this.#brokenOff(own, out, 'it ended its answer before it was whole');
  }

  /** Its stream is over, and its response has not come: it may come where the client takes it up again. */
  #brokenOff(call: Call, out: ClientStream, because: string): void {
    if (call.isOver) return out.end();
    if (!call.isResumable) return this.lose(call, out, because);
    this.#calls.park(call, this.#parkMs);
    out.end();
  }

  #json(reply: IncomingMessage, body: Buffer | undefined, call: Call, out: ClientStream): void {
    if (body === undefined) return this.lose(call, out, TOO_LARGE);
    const verdict = this.#messages.judge(body, { own: call, isResumed: false });
    if (!call.isOver || verdict.type === 'drop') {
      return this.lose(call, out, 'what it sent is not a response to this request');
    }
    if (verdict.type === 'same' && !out.isStreaming) {
      return out.send(reply.statusCode ?? BAD_GATEWAY, body, headersToClient(reply.headers));
    }
    out.answer(verdict.type === 'same' ? body.toString('utf8') : verdict.text);
  }

  /** A status of its own stays what it is, unless the answer has begun: then it is an error in the stream. */
  #error(reply: IncomingMessage, body: Buffer | undefined, call: Call, out: ClientStream): void {
    const { statusCode: status = BAD_GATEWAY } = reply;
    const verdict = body && this.#messages.judge(body, { own: call, isResumed: false });
    if (call.isOver && verdict?.type === 'text') return out.answer(verdict.text, status);
    if (out.isStreaming || body === undefined || !isShown(body, reply.headers['content-type'])) {
      if (call.isOver && body !== undefined) return out.answer(body.toString('utf8'), status);
      return this.lose(call, out, `HTTP ${status}`);
    }
    if (!call.isOver) call.end({ type: 'lost', because: `The server answered with HTTP ${status}.` });
    this.#calls.close(call);
    out.send(status, body, headersToClient(reply.headers));
  }

  /** Some servers answer a request later, on the stream of the session. */
  #accepted(reply: IncomingMessage, call: Call, out: ClientStream): void {
    if (!this.#hasSession)
      return this.lose(call, out, `HTTP ${reply.statusCode ?? NO_CONTENT} and nothing more`);
    this.#calls.park(call, this.#parkMs);
    out.send(reply.statusCode ?? NO_CONTENT, undefined);
  }
}
