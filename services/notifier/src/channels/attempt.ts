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

/** Rejects when the signal fires: looking up a name can't be called off. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const fail = (): void => reject(signal.reason as Error);
  if (signal.aborted) fail();
  else signal.addEventListener('abort', fail, { once: true });
  return promise;
}

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
      const sent = channelOf(entry).send(entry, telling, deps, signal);
      return await Promise.race([sent, whenAborted(signal)]);
    } catch (thrown) {
      stop.throwIfAborted();
      if (timeout.aborted) return { ok: false, error: `no answer within ${limitMs} ms` };
      return { ok: false, error: describe(thrown) };
    }
  };
