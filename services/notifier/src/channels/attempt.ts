import { once } from 'node:events';
import { type AttemptResult, DeliveryError } from '../domain/attempt-result.ts';
import type { Means, Telling } from './channel.ts';
import { channelOf, type WebhookEntry } from './registry.ts';

export type SendDeps = Means & { timeoutMs: number };

/**
 * One attempt to tell one webhook. `stop` gives it up, and so does `withinMs`, where that is less than the usual time.
 *
 * @throws the reason of `stop`
 */
export type Attempt = (
  entry: WebhookEntry,
  telling: Telling,
  stop: AbortSignal,
  withinMs?: number,
) => Promise<AttemptResult>;

/** Why there was no answer, in words that do not repeat the address, which may be a secret. */
function describe(thrown: unknown): string {
  if (thrown instanceof DeliveryError) return thrown.message;
  const { code } = thrown as NodeJS.ErrnoException;
  return typeof code === 'string' ? `it can not be reached (${code})` : 'it can not be reached';
}

export const createAttempt =
  (deps: SendDeps): Attempt =>
  async (entry, telling, stop, withinMs = deps.timeoutMs) => {
    const limitMs = Math.max(1, Math.min(withinMs, deps.timeoutMs));
    const timeout = AbortSignal.timeout(limitMs);
    const signal = AbortSignal.any([timeout, stop]);
    try {
      signal.throwIfAborted();
      // Looking up a name can't be called off.
      const givenUp = once(signal, 'abort').then(() => Promise.reject(signal.reason as Error));
      return await Promise.race([channelOf(entry).send(entry, telling, deps, signal), givenUp]);
    } catch (thrown) {
      stop.throwIfAborted();
      if (timeout.aborted) return { ok: false, error: `no answer within ${limitMs} ms` };
      return { ok: false, error: describe(thrown) };
    }
  };
