import { randomInt } from 'node:crypto';
import type { Id, Response } from '../wire/message.ts';
import type { AskUpstream } from './api.ts';

type OpenQuestion = { resolve(result: unknown): void; reject(error: Error): void };

const serverError = (error: unknown): Error =>
  Object.assign(new Error('The server answered with an error.', { cause: error }), {
    code: Object(error).code as unknown,
  });

const FIRST_ID = 2 ** 47;

/**
 * An id for a question of the firewall's own: one of 2^47, which no client guesses or counts up to. A number, as most
 * clients have: servers that take no other kind answer it, and each language holds it.
 */
export const questionId = (): number => randomInt(FIRST_ID, 2 * FIRST_ID);

/** What the firewall asks the server itself, under ids that no client can guess. */
export class UpstreamQuestions {
  readonly #send: (text: string) => void;
  readonly #open = new Map<string, OpenQuestion>();
  #gone: string | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  /** Rejects where the server answers with an error, ends, or the signal is aborted. */
  readonly ask: AskUpstream = (method, params, signal) => {
    if (this.#gone !== undefined) return Promise.reject(new Error(this.#gone));
    if (signal.aborted) return Promise.reject(new Error(`${method}: it is too late to ask.`));
    const id = questionId();
    const key = String(id);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#open.delete(key);
        const cancelled = { requestId: id, reason: 'no longer needed' };
        this.#send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancelled }));
        reject(new Error(`${method}: the server did not answer in time.`));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const settle = (): void => {
        this.#open.delete(key);
        signal.removeEventListener('abort', giveUp);
      };
      this.#open.set(key, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
      this.#send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  };

  /** Takes the answer to a question of ours; false where it is to none. */
  answered({ id, result, error }: Response): boolean {
    const asked = this.#open.get(String(id));
    if (asked === undefined) return false;
    if (error === undefined) asked.resolve(result);
    else asked.reject(serverError(error));
    return true;
  }

  /** The answer to a question of ours can't be read; false where it is to none. */
  unreadable(id: Id, because: string): boolean {
    const asked = this.#open.get(String(id));
    asked?.reject(new Error(because));
    return asked !== undefined;
  }

  /** The server is gone: nothing that is open gets an answer, and nothing more is asked. */
  close(because: string): void {
    this.#gone = because;
    for (const asked of this.#open.values()) asked.reject(new Error(because));
  }
}
