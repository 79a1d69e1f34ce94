import type { Bus, Followed, Follower } from '@aegis/bus';
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
  let follower: Follower | undefined;
  return {
    async start() {
      follower = await bus.follow({ filter, fromSeq: 1, apply });
      if (await follower.caughtUp(Date.now() + START_WITHIN_MS)) return;
      throw new AppError('approvals_unavailable', `The ${what} could not be read from the log in time.`);
    },
    async caughtUp(deadlineMs) {
      const until = Math.min(deadlineMs, Date.now() + CATCH_UP_WITHIN_MS);
      if (await follower?.caughtUp(until)) return;
      throw new AppError('approvals_unavailable', `The list of ${what} is behind the log; try again.`);
    },
    stop: async () => follower?.stop(),
  };
}
