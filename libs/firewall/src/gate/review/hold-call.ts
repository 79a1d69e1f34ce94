import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@aegis/bus';
import { type Approval, approvalsCancel, approvalsGet, approvalsStatus } from '@aegis/contracts/approvals';
import type { Logger } from '@aegis/kit/logger';
import type { HeldCalls } from './held-calls.ts';

const LOOK_EVERY_MS = 200;
const TELL_EVERY_MS = 5_000;

export type Hold = {
  readonly approvalId: string;
  readonly principal: string;
  /** When the last look is due, in milliseconds since the epoch. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
  /** Tells the caller that it waits: at once, and every few seconds. */
  readonly tell: () => void;
};

export type HoldDeps = { bus: Bus; held: HeldCalls; log: Logger; timeoutMs: number };

/** Waits until the signal is aborted or the time is over. */
const pause = (forMs: number, signal: AbortSignal): Promise<void> =>
  sleep(forMs, undefined, { signal }).catch(() => undefined);

/** Takes the question back, best effort: nobody waits for its answer any more. */
export async function cancelApproval(
  { bus, log, timeoutMs }: Pick<HoldDeps, 'bus' | 'log' | 'timeoutMs'>,
  approvalId: string,
  principal: string,
  because: string,
): Promise<void> {
  const request = { approval_id: approvalId, principal, because };
  await bus.ask(approvalsCancel, request, { deadlineMs: Date.now() + timeoutMs }).catch((err: unknown) => {
    log.warn({ err, approvalId }, 'approval not cancelled');
  });
}

/** An approval that waits no more: decided, or over. */
export type Settled = Exclude<Approval, { status: 'pending' }>;

/**
 * Holds a call until its approval is settled, the time is up or this process stops (`pending`), or nobody waits any more
 * (`gone`; then the approval is cancelled, unless an equal call still waits for it). Looks at least once.
 */
export async function holdCall(deps: HoldDeps, hold: Hold): Promise<Settled | 'pending' | 'gone'> {
  const { bus, held, log, timeoutMs } = deps;
  const { approvalId, principal, untilMs, signal, tell } = hold;
  if (!held.enter(approvalId, principal)) return 'pending';
  const look = async (): Promise<Settled | 'pending'> => {
    const deadlineMs = Date.now() + timeoutMs;
    try {
      const { status } = await bus.ask(approvalsStatus, { approval_id: approvalId }, { deadlineMs });
      if (status === 'pending') return 'pending';
      const { approval } = await bus.ask(approvalsGet, { id: approvalId }, { deadlineMs });
      return approval.status === 'pending' ? 'pending' : approval;
    } catch (err) {
      log.debug({ err, approvalId }, 'could not look at an approval');
      return 'pending';
    }
  };
  let seen: Settled | 'pending' = 'pending';
  for (let tellAtMs = 0; !signal.aborted && !held.isReleased; ) {
    seen = await look();
    const now = Date.now();
    if (seen !== 'pending' || now >= untilMs) break;
    if (now >= tellAtMs) {
      tell();
      tellAtMs = now + TELL_EVERY_MS;
    }
    await pause(Math.min(LOOK_EVERY_MS, untilMs - now), signal);
  }
  const isLast = held.leave(approvalId, principal);
  if (!signal.aborted) return seen;
  if (isLast) await cancelApproval(deps, approvalId, principal, 'the call was cancelled while it waited');
  return 'gone';
}
