import type { Bus, Followed, Unreadable } from '@aegis/bus';
import { AppError } from '@aegis/kit/errors';

const CATCH_UP_WITHIN_MS = 500;
const START_WITHIN_MS = 60_000;

/** Applies one message, and returns what has changed by it, or that it is no event of its subject. */
type Applying<Change> = { apply(message: Followed): Change | Unreadable | undefined };
type Listener<Change> = (change: Change, seq: number) => void;

/** A projection that follows its part of the log from the start, and publishes what changes. `what` names it in errors. */
export function createProjection<State, Change>(
  bus: Bus,
  what: string,
  filter: string,
  state: State & Applying<Change>,
) {
  const listeners: Listener<Change>[] = [];
  const apply = (message: Followed): Unreadable | undefined => {
    const change = state.apply(message);
    if (change === 'unreadable') return 'unreadable';
    if (change !== undefined) for (const listener of listeners) listener(change, message.seq);
    return undefined;
  };
  const replica = bus.replica({ filter, apply });
  return {
    /** What is known. */
    state,
    /** A sentence while the last message of a subject is one that was passed over. */
    get problem() {
      return replica.problem;
    },
    /** Resolves once `state` has all that was stored when this was called. @throws AppError `approvals_unavailable` */
    async caughtUp(deadlineMs: number) {
      if (await replica.caughtUp(Math.min(deadlineMs, Date.now() + CATCH_UP_WITHIN_MS))) return;
      throw new AppError('approvals_unavailable', `The list of ${what} is behind the log; try again.`);
    },
    /** Tells of each change from now on, and of its place in the log. */
    onChange: (listener: Listener<Change>) => void listeners.push(listener),
    /** Resolves once all that was stored before is applied. @throws AppError `approvals_unavailable` */
    async start() {
      if (await replica.start(START_WITHIN_MS)) return;
      throw new AppError('approvals_unavailable', `The ${what} could not be read from the log in time.`);
    },
    stop: replica.stop,
  };
}
