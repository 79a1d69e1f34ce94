import { createHash } from 'node:crypto';
import type { Id, Response } from '@aegis/firewall/wire';

const MAX_BYTES = 4 * 1_048_576;
const MAX_RESPONSES = 64;

type Kept = { readonly digest: string; readonly text: string | undefined };
type Again = { readonly type: 'same' } | { readonly type: 'text'; readonly text: string };

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/**
 * What clients were answered lately: a stream that is taken up again may bring a response a second time, and it must say
 * what it said the first time. The oldest ones go where there are too many.
 */
export class AnsweredResponses {
  readonly #kept = new Map<Id, Kept>();
  #bytes = 0;

  keep({ id, text: original }: Response, text: string | undefined): void {
    this.#forget(id);
    this.#kept.set(id, { digest: digestOf(original), text });
    this.#bytes += text?.length ?? 0;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= MAX_BYTES && this.#kept.size <= MAX_RESPONSES) break;
      this.#forget(oldest);
    }
  }

  /** Undefined where this very response did not come before. */
  find({ id, text }: Response): Again | undefined {
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.digest !== digestOf(text)) return undefined;
    return kept.text === undefined ? { type: 'same' } : { type: 'text', text: kept.text };
  }

  #forget(id: Id): void {
    this.#bytes -= this.#kept.get(id)?.text?.length ?? 0;
    this.#kept.delete(id);
  }
}
