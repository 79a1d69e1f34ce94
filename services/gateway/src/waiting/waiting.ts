import type { Bus } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { EVENTS } from '@aegis/contracts/subjects';
import { toAppError } from '@aegis/kit/errors';
import type { Holder } from '../places/places.ts';
import { createWaiters, type Waiter } from './waiters.ts';

/** A notice may be lost, with the bus or a replica: so often it is looked whether there was one, in milliseconds. */
const REREAD_MS = 10_000;
/** Where many wait, more seldom: so many milliseconds for each, that looking takes little of what the gateway can do. */
const REREAD_APART_MS = 2;
/** And what could not be read is tried again after so long. */
const AGAIN_MS = 1_000;

export type WaitingOptions = {
  readonly bus: Pick<Bus, 'live' | 'onUp'>;
  readonly most?: number;
  readonly rereadMs?: number;
};

/** Who waits, for which approval, until when (milliseconds since the epoch), and whether they are still there. */
export type Wait = {
  readonly holder: Holder;
  /** How many of theirs may wait. */
  readonly most: number;
  readonly approvalId: string;
  readonly untilMs: number;
  readonly gone: AbortSignal;
};

type Found = { readonly approval: Pick<Approval, 'status'> };

export type Waiting = {
  /**
   * Reads an approval until it is no longer pending, and once more when the time is up. What can't be read meanwhile is
   * read again; what can't be read at the end is the error.
   *
   * @throws AppError `too_many_requests`, `gateway_unavailable` where too many wait, and what the last read threw
   */
  decided<T extends Found>(wait: Wait, read: () => Promise<T>): Promise<T>;
  /** Has all that wait answered as it stands, and lets nobody wait any more. */
  close(): void;
};

/** What is read; undefined where it can't be now and there is time to try again. */
async function readOr<T>(read: () => Promise<T>, isLast: boolean): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isLast || ![429, 503].includes(toAppError(thrown).status)) throw thrown;
    return undefined;
  }
}

type Reading<T> = Pick<Wait, 'untilMs'> & {
  readonly waiter: Waiter;
  readonly rereadMs: number;
  readonly isOver: () => boolean;
  readonly read: () => Promise<T>;
};

async function readUntil<T extends Found>({
  waiter,
  untilMs,
  rereadMs,
  isOver,
  read,
}: Reading<T>): Promise<T> {
  for (;;) {
    waiter.arm();
    const isLast = isOver() || Date.now() >= untilMs;
    const found = await readOr(read, isLast);
    if (found !== undefined && (isLast || found.approval.status !== 'pending')) return found;
    const restMs = found === undefined ? AGAIN_MS : rereadMs;
    await waiter.woken(Math.max(0, Math.min(restMs, untilMs - Date.now())));
  }
}

/** Requests that wait for a decision: each hears of its approval's events, and reads what is so. */
export function createWaiting({ bus, most, rereadMs = REREAD_MS }: WaitingOptions): Waiting {
  const waiters = createWaiters(most);
  let isClosed = false;
  // What happened while the bus was away was not heard of.
  const forget = bus.onUp(waiters.wakeAll);
  return {
    async decided({ holder, most: ofOne, approvalId, untilMs, gone }, read) {
      const waiter = waiters.enter(holder, ofOne);
      const isOver = (): boolean => isClosed || gone.aborted || waiter.isOver();
      try {
        gone.addEventListener('abort', waiter.wake);
        // Before it is read, so that what is decided after the read wakes.
        const unsubscribe = bus.live.subscribe(`${EVENTS}.approval.${approvalId}`, waiter.wake);
        const restMs = Math.max(rereadMs, waiters.size * REREAD_APART_MS);
        return await readUntil({ waiter, untilMs, rereadMs: restMs, isOver, read }).finally(unsubscribe);
      } finally {
        waiters.leave(waiter);
      }
    },
    close() {
      isClosed = true;
      forget();
      waiters.wakeAll();
    },
  };
}
