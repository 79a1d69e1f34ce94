import { type AskUpstream, type Gate, UpstreamQuestions, unreadable } from '@aegis/firewall/gate';
import {
  createInFlight,
  errorResponse,
  type Id,
  INTERNAL_ERROR,
  isFor,
  type Notification,
  type Request,
  type Response,
  type ServerWord,
} from '@aegis/firewall/wire';
import { createComplaints } from '../../relay/complaints.ts';
import type { Call, Calls } from '../calls.ts';
import type { Limits } from '../limits.ts';
import { metaOf } from '../meta.ts';
import { noAnswer } from '../no-answer.ts';
import { ServerProcess, type ServerProcessOptions } from './server-process.ts';

const LISTEN = 'subscriptions/listen';
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
/** A server need not answer what was cancelled; some have the answer on its way. */
const CANCELLED_WAITS_MS = 5_000;

/** How a call's client is reached. */
export type Sink = {
  /** Beside the answer. */
  notify(text: string): void;
  answer(text: string): void;
};

type Waiting = { readonly call: Call; readonly sink: Sink; timer: NodeJS.Timeout | undefined };
type FromServer = Request | Notification;

export type StdioLinkOptions = Pick<ServerProcessOptions, 'entry' | 'env' | 'log' | 'takeSlot' | 'away'> & {
  /** ClientRequest for when the first message comes, since the gate itself asks over this link. */
  readonly gate: () => Gate;
  readonly calls: Calls;
  readonly limits: Limits;
  /** What belongs to no call that waits; the newest one that does may take it. */
  readonly unclaimed: (text: string, newest: Sink | undefined) => void;
  readonly ended: (because: string) => void;
};

/** The JSON-RPC conversation with one process of a stdio server. */
export class StdioLink {
  readonly #options: StdioLinkOptions;
  /** Says what goes no further. */
  readonly #drop: (because: string) => void;
  readonly #process: ServerProcess;
  readonly #questions: UpstreamQuestions;
  /** What the server asks the client, and has no answer to. */
  readonly asked = createInFlight();
  /** In the order in which they were sent. */
  readonly #waiting = new Map<Call, Waiting>();
  #lastHeardMs = Date.now();
  #lastUsedMs = Date.now();

  /** @throws Unavailable */
  constructor(options: StdioLinkOptions) {
    this.#options = options;
    this.#drop = createComplaints((sentence) => options.log.warn(sentence));
    const heard = (word: ServerWord): boolean => this.#heard(word);
    const ended = (because: string): void => this.#ended(because);
    this.#process = new ServerProcess({ ...options, heard, ended });
    this.#questions = new UpstreamQuestions((text) => void this.#process.send(text));
  }

  get isOver(): boolean {
    return this.#process.isOver;
  }

  /** How long nothing has waited here, in milliseconds. */
  get idleMs(): number {
    return this.#waiting.size > 0 ? 0 : Date.now() - this.#lastUsedMs;
  }

  /** Whether a request can wait here: nothing else does that could be taken for it. */
  canTake(request: Request): boolean {
    const token = metaOf(request)['progressToken'];
    return [...this.#waiting.keys()].every(
      ({ request: other }) =>
        String(other.id) !== String(request.id) &&
        (token === undefined || metaOf(other)['progressToken'] !== token),
    );
  }

  readonly ask: AskUpstream = (method, params, signal) => {
    this.#lastUsedMs = Date.now();
    return this.#questions.ask(method, params, signal);
  };

  /** Sends a judged request. Its sink gets the response, or why there is none. */
  forward(call: Call, text: string, sink: Sink): void {
    const waiting: Waiting = { call, sink, timer: undefined };
    this.#waiting.set(call, waiting);
    if (!this.#process.send(text)) {
      return this.#lose(waiting, this.isOver ? 'it has ended' : 'it does not read what it is sent', true);
    }
    if (call.request.method !== LISTEN) this.#watch(waiting, this.#options.limits.answerTimeoutMs);
  }

  /** Sends what needs no answer. */
  send(text: string): void {
    this.#lastUsedMs = Date.now();
    this.#process.send(text);
  }

  /** The client cancelled a request, and the server knows: an answer is not waited for long. */
  cancelled(requestId: unknown): void {
    const waiting = this.#waitingFor(({ request }) => request.id === requestId);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.timer = setTimeout(
      () => this.#lose(waiting, 'its client cancelled it'),
      CANCELLED_WAITS_MS,
    ).unref();
  }

  /** The client of a request is gone: the server is told that nobody waits. */
  abandon(call: Call): void {
    if (!this.#waiting.has(call)) return;
    const params = `{"requestId":${call.request.rawId},"reason":"The client closed the request."}`;
    this.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`);
    this.cancelled(call.request.id);
  }

  async stop(because: string): Promise<void> {
    this.#ended(because);
    await this.#process.stop();
  }

  /** Takes a word of the server's; whether somebody waited for it. */
  #heard(word: ServerWord): boolean {
    this.#lastHeardMs = Date.now();
    if ('nonsense' in word) this.#unreadable(word.nonsense, word.answers);
    else if (word.message.kind === 'response') return this.#answered(word.message);
    else this.#said(word.message);
    return false;
  }

  #answered(message: Response): boolean {
    if (this.#questions.answered(message)) return true;
    const waiting = this.#waitingFor(({ request }) => isFor(message.id, request.id));
    const verdict = waiting && this.#options.calls.answered(message, waiting.call, false);
    if (waiting === undefined || verdict === undefined)
      this.#drop('the response is to no request that waits');
    else if (verdict.type === 'drop') this.#drop(verdict.because);
    else {
      this.#settle(waiting);
      waiting.sink.answer(verdict.type === 'text' ? verdict.text : message.text);
      return true;
    }
    return false;
  }

  /** What can't be read is no answer, and the request that it was meant to answer gets no other. */
  #unreadable(nonsense: string, answers: Id | undefined): void {
    this.#drop(nonsense);
    if (answers === undefined || this.#questions.unreadable(answers, nonsense)) return;
    const waiting = this.#waitingFor(({ request }) => isFor(answers, request.id));
    if (waiting !== undefined) this.#lose(waiting, unreadable(nonsense));
  }

  #waitingFor(isIt: (call: Call) => boolean): Waiting | undefined {
    return [...this.#waiting.values()].find(({ call }) => isIt(call));
  }

  /** A request or a notification of the server, on its way to the call that it belongs to, as far as anybody can tell. */
  #said(message: FromServer): void {
    if (message.kind === 'request') {
      const verdict = this.#options.gate().serverRequest(message);
      if (verdict.type === 'answer') return void this.#process.send(verdict.text);
      this.asked.openNewest(message.id);
    } else if (this.#options.gate().serverNotification(message) === 'drop') return;
    const token = message.method === 'notifications/progress' ? message.params?.['progressToken'] : undefined;
    const subscription = metaOf(message)[SUBSCRIPTION];
    const owner = this.#waitingFor(
      ({ request }) =>
        (token !== undefined && metaOf(request)['progressToken'] === token) ||
        (subscription !== undefined && request.id === subscription),
    );
    if (owner) owner.sink.notify(message.text);
    else this.#options.unclaimed(message.text, [...this.#waiting.values()].at(-1)?.sink);
  }

  #watch(waiting: Waiting, afterMs: number): void {
    waiting.timer = setTimeout(() => {
      const silentMs = Date.now() - this.#lastHeardMs;
      const { answerTimeoutMs } = this.#options.limits;
      if (silentMs < answerTimeoutMs) this.#watch(waiting, answerTimeoutMs - silentMs);
      else this.#lose(waiting, 'it did not answer in time');
    }, afterMs).unref();
  }

  #lose(waiting: Waiting, because: string, isUnsent = false): void {
    const { call, sink } = waiting;
    this.#settle(waiting);
    const sentence = noAnswer(because, isUnsent ? 'unsent' : 'unknown');
    const text = call.end({ type: 'lost', because: sentence, isUnsent });
    this.#options.calls.close(call);
    sink.answer(text ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence));
  }

  #settle({ call, timer }: Waiting): void {
    clearTimeout(timer);
    this.#waiting.delete(call);
    this.#lastUsedMs = Date.now();
  }

  #ended(because: string): void {
    this.#questions.close(`The server gave no answer: ${because}.`);
    for (const waiting of this.#waiting.values()) this.#lose(waiting, because, !this.#process.hasStarted);
    this.#options.ended(because);
  }
}
