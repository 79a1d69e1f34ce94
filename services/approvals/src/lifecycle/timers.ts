import type { Bus } from '@aegis/bus';
import { TIMERS_CONSUMER, TIMERS_STREAM, timerFire, timerSchedule } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { type ConsumerMessages, type JsMsg, jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';

const HANDLE_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 2_000;

export type Timers = {
  /** Wakes one of the replicas at that time, in milliseconds since the epoch; a later call replaces an earlier one. */
  wakeAt(approvalId: string, atMs: number): void;
  start(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Durable timers: one-shot message schedules (nats-server 2.12, ADR-51) that survive restarts of everything. A timer only
 * wakes; whether something is overdue is decided by whoever looks.
 */
export function createTimers(
  bus: Bus,
  onWake: (approvalId: string, deadlineMs: number) => Promise<void>,
  log: Logger,
): Timers {
  let messages: ConsumerMessages | undefined;

  const handle = async (message: JsMsg): Promise<void> => {
    const approvalId = message.subject.split('.').at(-1) ?? '';
    try {
      await onWake(approvalId, Date.now() + HANDLE_WITHIN_MS);
      message.ack();
    } catch (err) {
      log.warn({ err, approvalId }, 'timer will be tried again');
      message.nak(AGAIN_AFTER_MS);
    }
  };

  return {
    wakeAt(approvalId, atMs) {
      // A deadline is still in time at its own millisecond; the schedule is for the first second after it.
      const at = new Date(Math.ceil((atMs + 1) / 1000) * 1000).toISOString();
      const h = headers();
      h.set('Nats-Schedule', `@at ${at}`);
      h.set('Nats-Schedule-Target', timerFire(approvalId));
      try {
        bus.link.send({ subject: timerSchedule(approvalId), payload: '', options: { headers: h } });
      } catch (err) {
        log.warn({ err, approvalId }, 'timer not set; the next start sets it');
      }
    },
    async start() {
      const consumer = await jetstream(bus.link.nc).consumers.get(TIMERS_STREAM, TIMERS_CONSUMER);
      messages = await consumer.consume({ callback: (message) => void handle(message), max_messages: 100 });
    },
    async stop() {
      await messages?.close();
    },
  };
}
