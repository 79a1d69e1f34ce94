import type { DurableMessage, Puller } from '@aegis/bus';
import { tolerant } from '@aegis/contracts/tolerant';
import type { Delivery } from '@aegis/contracts/webhooks';
import { parseJson } from '@aegis/kit/json';
import type { Logger } from '@aegis/kit/logger';
import type { Attempt } from '../channels/attempt.ts';
import type { WebhookEntry } from '../channels/registry.ts';
import type { AttemptResult } from '../domain/attempt-result.ts';
import { Queued } from '../domain/payload.ts';
import { nextWaitMs } from '../domain/retry.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { Lines } from './lines.ts';

/** Attempts at one webhook at a time, for each replica: a slow receiver holds up nobody else. */
const AT_ONCE = 4;
const ACK_WITHIN_MS = 5_000;
/** A webhook that was just taken away or disabled: its line will be closed in a moment. */
const LOOK_AGAIN_MS = 1_000;
/** What is in flight at a stop may end by itself for so long. */
const GRACE_MS = 1_000;

export type SenderDeps = {
  lines: Pick<Lines, 'take'>;
  deliveries: DeliveryLog;
  attempt: Attempt;
  entryOf: (webhookId: string) => WebhookEntry | undefined;
  /** The receiver does not want to be told any more. Nobody waits for it: it stops this very sender. */
  disable: (webhookId: string, because: string) => void;
  waitsMs: readonly number[];
  now: () => Date;
  log: Logger;
};

/** How one attempt ended, and when it is made again, if it is. */
export function toDelivery(
  ids: { webhookId: string; messageId: string; event: string },
  attempt: number,
  startedAt: Date,
  endedAt: Date,
  outcome: AttemptResult,
  waitMs: number | undefined,
): Delivery {
  return {
    webhook_id: ids.webhookId,
    message_id: ids.messageId,
    event: ids.event,
    attempt,
    at: startedAt.toISOString(),
    duration_ms: Math.max(0, endedAt.getTime() - startedAt.getTime()),
    ok: outcome.ok,
    status: outcome.status,
    error: outcome.error?.slice(0, 1_000),
    ...(waitMs === undefined ? {} : { next_at: new Date(endedAt.getTime() + waitMs).toISOString() }),
  };
}

function readQueued(message: DurableMessage): Queued | undefined {
  try {
    return tolerant(Queued, 'kept').safeParse(parseJson(message.string())).data;
  } catch {
    return undefined;
  }
}

/** Sends what waits in the line of one webhook until it is stopped. */
export function startSender(webhookId: string, deps: SenderDeps): Puller {
  const { lines, deliveries, attempt, entryOf, disable, waitsMs, now, log } = deps;
  const stopping = new AbortController();

  const waitAfter = (outcome: AttemptResult, count: number): number | undefined => {
    if (outcome.ok || outcome.gone || outcome.permanent) return undefined;
    return nextWaitMs(waitsMs, count, outcome.retryAfterMs);
  };
  const settle = async (
    message: DurableMessage,
    outcome: AttemptResult,
    waitMs: number | undefined,
  ): Promise<void> => {
    if (waitMs === undefined) await message.ackAck({ timeout: ACK_WITHIN_MS });
    else message.nak(waitMs);
    if (!outcome.ok && outcome.gone) disable(webhookId, outcome.error);
  };
  const tell = async (
    message: DurableMessage,
    entry: WebhookEntry,
    { message_id: messageId, payload }: Queued,
  ): Promise<void> => {
    const count = message.info.deliveryCount;
    const startedAt = now();
    const outcome = await attempt(entry, { messageId, payload }, stopping.signal);
    const waitMs = waitAfter(outcome, count);
    const ids = { webhookId, messageId, event: payload.type };
    const delivery = toDelivery(ids, count, startedAt, now(), outcome, waitMs);
    await deliveries
      .write(delivery)
      .catch((err: unknown) => log.warn({ err, webhookId }, 'attempt not noted'));
    if (!outcome.ok && waitMs === undefined) log.warn({ webhookId, messageId }, 'notice given up');
    await settle(message, outcome, waitMs);
  };
  const handle = async (message: DurableMessage, leftOversEnd: number): Promise<void> => {
    const queued = message.seq > leftOversEnd ? readQueued(message) : undefined;
    if (queued === undefined) return message.term();
    const entry = entryOf(webhookId);
    if (entry === undefined || entry.disabled_because !== undefined) return message.nak(LOOK_AGAIN_MS);
    try {
      await tell(message, entry, queued);
    } catch (thrown) {
      if (!stopping.signal.aborted) throw thrown;
      message.nak();
    }
  };
  const pullers = Array.from({ length: AT_ONCE }, () =>
    lines.take(webhookId, {
      handle,
      onTrouble: (err) => log.warn({ err, webhookId }, 'notices not sent; trying again'),
    }),
  );
  return {
    async stop() {
      const timer = setTimeout(() => stopping.abort(), GRACE_MS);
      await Promise.all(pullers.map((one) => one.stop()));
      clearTimeout(timer);
    },
  };
}
