import type { DurableMessage, Puller } from '@aegis/bus';
import { tolerant } from '@aegis/contracts/tolerant';
import type { Delivery } from '@aegis/contracts/webhooks';
import { parseJson } from '@aegis/kit/json';
import type { Logger } from '@aegis/kit/logger';
import type { Attempt } from '../channels/attempt.ts';
import type { Telling } from '../channels/channel.ts';
import type { WebhookEntry } from '../channels/registry.ts';
import type { AttemptResult } from '../domain/attempt-result.ts';
import { Queued } from '../domain/payload.ts';
import { nextWaitMs } from '../domain/retry.ts';
import type { WebhooksFile } from '../file/webhooks-file.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { Lines } from './lines.ts';

/** Attempts at one webhook at a time, for each replica: a slow receiver holds up nobody else. */
const AT_ONCE = 4;
const ACK_WITHIN_MS = 5_000;
/** A webhook that was just taken away or disabled: its line will be closed in a moment. */
const LOOK_AGAIN_MS = 1_000;
/** What is in flight at a stop may end by itself for so long. */
const GRACE_MS = 1_000;

export type TellDeps = { attempt: Attempt; deliveries: DeliveryLog; now: () => Date };
export type SenderDeps = TellDeps & {
  lines: Pick<Lines, 'take'>;
  file: Pick<WebhooksFile, 'entries'>;
  /** The receiver does not want to be told any more. Nobody waits for it: it stops this very sender. */
  disable: (webhookId: string, because: string) => void;
  waitsMs: readonly number[];
  log: Logger;
};

/** `count`: which attempt it is, from 1. `waitsMs`: after how long each attempt that failed is made again. */
type OneAttempt = Telling & {
  webhookId: string;
  entry: WebhookEntry;
  count: number;
  waitsMs: readonly number[];
};

/** Makes one attempt and notes it: how it ended, and when it is made again, if it is. @throws the reason of `stop` */
export async function tell(
  { attempt, deliveries, now }: TellDeps,
  { webhookId, entry, messageId, payload, count, waitsMs }: OneAttempt,
  stop: AbortSignal,
  withinMs?: number,
): Promise<{ outcome: AttemptResult; waitMs: number | undefined; delivery: Delivery }> {
  const startedAt = now();
  const outcome = await attempt(entry, { messageId, payload }, stop, withinMs);
  const endedMs = now().getTime();
  const isOver = outcome.ok || outcome.gone || outcome.permanent;
  const waitMs = isOver ? undefined : nextWaitMs(waitsMs, count, outcome.retryAfterMs);
  const delivery: Delivery = {
    webhook_id: webhookId,
    message_id: messageId,
    event: payload.type,
    attempt: count,
    at: startedAt.toISOString(),
    duration_ms: Math.max(0, endedMs - startedAt.getTime()),
    ok: outcome.ok,
    status: outcome.status,
    error: outcome.error?.slice(0, 1_000),
    ...(waitMs === undefined ? {} : { next_at: new Date(endedMs + waitMs).toISOString() }),
  };
  await deliveries.write(delivery);
  return { outcome, waitMs, delivery };
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
  const { lines, file, disable, waitsMs, log } = deps;
  const stopping = new AbortController();

  const send = async (
    message: DurableMessage,
    entry: WebhookEntry,
    { message_id: messageId, payload }: Queued,
  ): Promise<void> => {
    const one = { webhookId, entry, messageId, payload, count: message.info.deliveryCount, waitsMs };
    const { outcome, waitMs } = await tell(deps, one, stopping.signal);
    if (!outcome.ok && waitMs === undefined) log.warn({ webhookId, messageId }, 'notice given up');
    if (waitMs === undefined) await message.ackAck({ timeout: ACK_WITHIN_MS });
    else message.nak(waitMs);
    if (!outcome.ok && outcome.gone) disable(webhookId, outcome.error);
  };
  const handle = async (message: DurableMessage, leftOversEnd: number): Promise<void> => {
    const queued = message.seq > leftOversEnd ? readQueued(message) : undefined;
    if (queued === undefined) return message.term();
    const entry = file.entries().get(webhookId);
    if (entry === undefined || entry.disabled_because !== undefined) return message.nak(LOOK_AGAIN_MS);
    try {
      await send(message, entry, queued);
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
