import type { Bus, Followed } from '@aegis/bus';
import { AppError } from '@aegis/kit/errors';

const CATCH_UP_WITHIN_MS = 500;
const START_WITHIN_MS = 60_000;

/** A projection that follows its part of the log from the start. */
export type Following = {
  /** Resolves once all that was stored before is applied. @throws AppError `approvals_unavailable` */
  start: () => Promise<void>;
  /** Resolves once all that was stored when this was called is applied. @throws AppError `approvals_unavailable` */
  caughtUp: (deadlineMs: number) => Promise<void>;
  stop: () => Promise<void>;
};

/** `what` names the projection in errors: `The list of <what> is behind the log`. */
export function createFollowing(
  bus: Bus,
  { filter, what, apply }: { filter: string; what: string; apply: (message: Followed) => void },
): Following {
  const replica = bus.replica({ filter, apply });
  return {
    async start() {
      if (await replica.start(START_WITHIN_MS)) return;
      throw new AppError('approvals_unavailable', `The ${what} could not be read from the log in time.`);
    },
    async caughtUp(deadlineMs) {
      if (await replica.caughtUp(Math.min(deadlineMs, Date.now() + CATCH_UP_WITHIN_MS))) return;
      throw new AppError('approvals_unavailable', `The list of ${what} is behind the log; try again.`);
    },
    stop: replica.stop,
  };
}
