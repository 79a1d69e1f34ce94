import type { Gate } from '@aegis/firewall/gate';
import { type InFlight, readServerMessage } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import type { Call, Calls, ResponseAction } from '../calls.ts';
import { encodeEvent, type SseEvent } from './sse.ts';

/** Where a message of a server arrived: on the stream of a request, or on one that is nobody's or was taken up again. */
export type Arrival = { readonly own?: Call | undefined; readonly isResumed: boolean };

/** Decides what a client sees of a server's messages. */
export class ServerMessages {
  readonly #gate: Gate;
  readonly #calls: Calls;
  readonly #asked: InFlight;
  readonly #log: Logger;
  readonly #answer: (text: string) => void;

  /** `asked`: the requests of the server that the client may answer. `answer` takes what it is told of the others. */
  constructor(gate: Gate, calls: Calls, asked: InFlight, log: Logger, answer: (text: string) => void) {
    this.#gate = gate;
    this.#calls = calls;
    this.#asked = asked;
    this.#log = log;
    this.#answer = answer;
  }

  /** What the server asks and tells passes where the gate lets it; responses are matched; nonsense goes no further. */
  judge(bytes: Uint8Array, { own, isResumed }: Arrival): ResponseAction {
    const verdict = this.#verdict(bytes, own, isResumed);
    if (verdict.type === 'drop')
      this.#log.warn({ because: verdict.because }, 'message of the server dropped');
    return verdict;
  }

  #verdict(bytes: Uint8Array, own: Call | undefined, isResumed: boolean): ResponseAction {
    const read = readServerMessage(bytes);
    if ('nonsense' in read) return { type: 'drop', because: read.nonsense };
    const { message } = read;
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

  /**
   * The bytes of an event that the client sees; an event that is dropped leaves its id, to resume from. One in which some
   * reader could find another event is written anew.
   */
  passEvent(event: SseEvent, arrival: Arrival): Buffer | undefined {
    const { raw, data, isPlain, id, retry } = event;
    const verdict = data === undefined ? undefined : this.judge(Buffer.from(data), arrival);
    const isSame = verdict === undefined || verdict.type === 'same';
    if (isSame && isPlain) return raw;
    const text = verdict?.type === 'text' ? verdict.text : isSame ? data : undefined;
    if (text !== undefined) return encodeEvent({ id, retry, event: event.event, data: text });
    return id === undefined && retry === undefined ? undefined : encodeEvent({ id, retry });
  }
}
