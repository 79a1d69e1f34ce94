import { type AttemptResult, DeliveryError, toAttemptResult } from '../domain/attempt-result.ts';
import type { Payload } from '../domain/payload.ts';
import type { WebhookEntry } from '../file/entry.ts';
import { type MailServer, sendEmail } from './email.ts';
import { checkedAddresses, type Resolve } from './http/destination.ts';
import { type Message, post } from './http/post.ts';
import { signaturesOf } from './secret.ts';
import { slackMessage } from './slack.ts';

export type SendDeps = {
  resolve: Resolve;
  allowedHosts: readonly string[];
  mailServer: MailServer | undefined;
  timeoutMs: number;
  now: () => Date;
};

export type Telling = { messageId: string; payload: Payload };
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

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'AegisMCP' };

function messageFor(entry: Exclude<WebhookEntry, { type: 'email' }>, telling: Telling, now: Date): Message {
  if (entry.type === 'slack')
    return { headers: HEADERS, body: JSON.stringify(slackMessage(telling.payload)) };
  const body = JSON.stringify(telling.payload);
  const secrets = [entry.secret, ...(entry.previous_secret === undefined ? [] : [entry.previous_secret])];
  return {
    body,
    headers: {
      ...HEADERS,
      'webhook-id': telling.messageId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signaturesOf(secrets, telling.messageId, now, body),
    },
  };
}

/** Rejects when the signal fires: looking up a name can't be called off. */
function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const fail = (): void => reject(signal.reason as Error);
  if (signal.aborted) fail();
  else signal.addEventListener('abort', fail, { once: true });
  return promise;
}

async function send(
  deps: SendDeps,
  entry: WebhookEntry,
  telling: Telling,
  signal: AbortSignal,
): Promise<AttemptResult> {
  if (entry.type === 'email') {
    if (deps.mailServer === undefined) throw new DeliveryError('SMTP_URL is not set, so there is no e-mail');
    return sendEmail(deps.mailServer, entry.to, telling, signal);
  }
  const url = new URL(entry.url);
  const addresses = await checkedAddresses(url, deps.allowedHosts, deps.resolve);
  signal.throwIfAborted();
  const answer = await post(url, addresses, messageFor(entry, telling, deps.now()), signal);
  return toAttemptResult(answer.status, answer.retryAfter, deps.now());
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
      return await Promise.race([send(deps, entry, telling, signal), whenAborted(signal)]);
    } catch (thrown) {
      stop.throwIfAborted();
      if (timeout.aborted) return { ok: false, error: `no answer within ${limitMs} ms` };
      return { ok: false, error: describe(thrown) };
    }
  };
