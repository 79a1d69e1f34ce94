import { randomUUID } from 'node:crypto';
import type { Id, Response } from '../wire/message.ts';
import type { AskUpstream } from './api.ts';

type OpenQuestion = { resolve(result: unknown): void; reject(error: Error): void };

const serverError = (error: unknown): Error =>
  Object.assign(new Error('The server answered with an error.', { cause: error }), {
    code: Object(error).code as unknown,
  });

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
    const id = `aegis-${randomUUID()}`;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#open.delete(id);
        const cancelled = { requestId: id, reason: 'no longer needed' };
        this.#send(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: cancelled }));
        reject(new Error(`${method}: the server did not answer in time.`));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      const settle = (): void => {
        this.#open.delete(id);
        signal.removeEventListener('abort', giveUp);
      };
      this.#open.set(id, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
      this.#send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  };

  /** Takes the answer to a question of ours; false where it is to none. */
  answered({ id, result, error }: Response): boolean {
    const asked = typeof id === 'string' ? this.#open.get(id) : undefined;
    if (asked === undefined) return false;
    if (error === undefined) asked.resolve(result);
    else asked.reject(serverError(error));
    return true;
  }

  /** The answer to a question of ours can't be read; false where it is to none. */
  unreadable(id: Id, because: string): boolean {
    const asked = typeof id === 'string' ? this.#open.get(id) : undefined;
    asked?.reject(new Error(because));
    return asked !== undefined;
  }

  /** The server is gone: nothing that is open gets an answer, and nothing more is asked. */
  close(because: string): void {
    this.#gone = because;
    for (const asked of this.#open.values()) asked.reject(new Error(because));
  }
}
