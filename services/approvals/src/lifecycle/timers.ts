import type { Bus, DurableMessage, Puller } from '@aegis/bus';
import { TIMERS_CONSUMER, TIMERS_STREAM, timerFire, timerSchedule } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';

const HANDLE_WITHIN_MS = 5_000;
const AGAIN_AFTER_MS = 2_000;
const MOST_AT_ONCE = 100;

type OnWake = (approvalId: string, deadlineMs: number) => Promise<void>;

export type Timers = {
  /** Wakes one of the replicas at that time, in milliseconds since the epoch; a later call replaces an earlier one. */
  wakeAt(approvalId: string, atMs: number): void;
  /** Calls `onWake` for each that is due. */
  start(onWake: OnWake): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Durable timers. A timer only wakes; whether something is overdue is decided by whoever looks.
 *
 * @param aheadMs how far our time is ahead of the clock, by which the log wakes
 */
export function createTimers(bus: Bus, log: Logger, aheadMs: () => number): Timers {
  let fired: Puller | undefined;

  const handle = async (onWake: OnWake, message: DurableMessage): Promise<void> => {
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
      const at = new Date(Math.ceil((atMs - aheadMs() + 1) / 1000) * 1000);
      try {
        bus.live.schedule(timerSchedule(approvalId), timerFire(approvalId), at);
      } catch (err) {
        log.warn({ err, approvalId }, 'timer not set; the next start sets it');
      }
    },
    async start(onWake) {
      fired = await bus.durables.consume(TIMERS_STREAM, TIMERS_CONSUMER, MOST_AT_ONCE, (message) => {
        void handle(onWake, message);
      });
    },
    async stop() {
      await fired?.stop();
    },
  };
}
