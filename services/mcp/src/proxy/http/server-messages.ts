import { type Gate, unreadable } from '@aegis/firewall/gate';
import {
  errorResponse,
  type Id,
  INTERNAL_ERROR,
  type InFlight,
  type Message,
  readServerWords,
  type ServerWord,
} from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import { createComplaints } from '../../relay/complaints.ts';
import type { Call, Calls, ResponseAction } from '../calls.ts';
import { noAnswer } from '../no-answer.ts';
import { encodeEvent, type SseEvent } from './sse.ts';

/** Where a message of a server arrived: on the stream of a request, or on one that is nobody's or was taken up again. */
export type Arrival = { readonly own?: Call | undefined; readonly isResumed: boolean };

/** What becomes of a message, and whether it ended the request in whose reply it came. */
export type Verdict = ResponseAction & { readonly isAnswer: boolean };

/** Decides what a client sees of a server's messages. */
export class ServerMessages {
  readonly #gate: Gate;
  readonly #calls: Calls;
  readonly #asked: InFlight;
  readonly #complain: (because: string) => void;
  readonly #answer: (text: string) => void;

  /** `asked`: the requests of the server that the client may answer. `answer` takes what it is told of the others. */
  constructor(gate: Gate, calls: Calls, asked: InFlight, log: Logger, answer: (text: string) => void) {
    this.#gate = gate;
    this.#calls = calls;
    this.#asked = asked;
    this.#complain = createComplaints((sentence) => log.warn(sentence));
    this.#answer = answer;
  }

  /**
   * What the server asks and tells passes where the gate lets it; responses are matched; nonsense goes no further, and a
   * request that it was meant to answer has its end in that. A batch is several messages.
   */
  judge(bytes: Uint8Array, { own, isResumed }: Arrival): readonly Verdict[] {
    const words = readServerWords(bytes, own?.request.rawId);
    return words.map((word) => {
      const wasOver = own?.isOver ?? true;
      const action = this.#actionOf(word, own, isResumed, words.length === 1);
      if (action.type === 'drop') this.#complain(action.because);
      return { ...action, isAnswer: !wasOver && own?.isOver === true };
    });
  }

  #actionOf(word: ServerWord, own: Call | undefined, isResumed: boolean, isAlone: boolean): ResponseAction {
    if ('nonsense' in word) return this.#unreadable(word.nonsense, word.answers, own);
    const action = this.#messageAction(word.message, own, isResumed);
    if (action.type !== 'same' || (isAlone && !word.isMended)) return action;
    return { type: 'text', text: word.message.text };
  }

  #messageAction(message: Message, own: Call | undefined, isResumed: boolean): ResponseAction {
    if (message.kind === 'response') return this.#calls.answered(message, own, isResumed);
    if (message.kind === 'notification') {
      const passes = this.#gate.serverNotification(message) === 'forward';
      return passes ? { type: 'same' } : { type: 'drop', because: 'the notification is not for the client' };
    }
    const verdict = this.#gate.serverRequest(message);
    if (verdict.type === 'forward') {
      this.#asked.openNewest(message.id);
      return { type: 'same' };
    }
    this.#answer(verdict.text);
    return { type: 'drop', because: 'the question is not for the client' };
  }

  #unreadable(nonsense: string, answers: Id | undefined, own: Call | undefined): ResponseAction {
    const call = answers === undefined ? undefined : this.#calls.awaiting(answers, own);
    if (call === undefined) return { type: 'drop', because: nonsense };
    const sentence = noAnswer(unreadable(nonsense), 'unknown');
    const text = call.end({ type: 'lost', because: sentence });
    this.#calls.close(call);
    return { type: 'text', text: text ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence) };
  }

  /**
   * The bytes of an event that the client sees; an event that is dropped leaves its id, to resume from. One in which some
   * reader could find another event is written anew.
   */
  passEvent(event: SseEvent, arrival: Arrival): Buffer | undefined {
    const { raw, data, isPlain, id, retry } = event;
    const verdicts = data === undefined ? [] : this.judge(Buffer.from(data), arrival);
    const isSame = data === undefined || verdicts.some(({ type }) => type === 'same');
    if (isSame && isPlain) return raw;
    const texts = verdicts.flatMap((verdict) => (verdict.type === 'text' ? [verdict.text] : []));
    const last = isSame ? data : texts.pop();
    if (last === undefined)
      return id === undefined && retry === undefined ? undefined : encodeEvent({ id, retry });
    // Who takes the stream up again after this event has had all of it.
    const before = texts.map((text) => encodeEvent({ event: event.event, data: text }));
    return Buffer.concat([...before, encodeEvent({ id, retry, event: event.event, data: last })]);
  }
}
