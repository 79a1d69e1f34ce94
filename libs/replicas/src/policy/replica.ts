import type { Bus, Replica } from '@aegis/bus';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { ActiveFromLog, type ActivePolicy } from './active.ts';
import type { State } from './domain/policy-log.ts';

const BEHIND = 'This replica is behind the log.';

/** The policy in force, in this process: it follows the policy's events, and says nothing while it may have missed one. */
export type PolicyReplica = Pick<Replica, 'start' | 'stop' | 'caughtUp'> & {
  /** @throws AppError `policy_unavailable` where the bus is lost, the replica is behind the log, or nothing is in force */
  active(): ActivePolicy;
  /** A sentence where it is behind, or the log holds something that can't be read. */
  readonly problem: string | undefined;
  /** What the log says, the last refused candidate included. */
  readonly state: State;
  /** The sequence of the policy's last event, 0 where there is none: what the next append expects. */
  readonly seq: number;
};

/** A replica on this bus, whose identity must be allowed to follow {@link POLICY_LOG}: `policy` and `mcp` are. */
export function createPolicyReplica(bus: Bus): PolicyReplica {
  const fromLog = new ActiveFromLog();
  const replica = bus.replica({ filter: POLICY_LOG, apply: (message) => fromLog.apply(message) });
  return {
    start: replica.start,
    stop: replica.stop,
    caughtUp: replica.caughtUp,
    active() {
      if (!replica.isCurrent()) throw new AppError('policy_unavailable', BEHIND);
      return fromLog.active;
    },
    get problem() {
      if (!replica.isCurrent()) return 'this replica is behind the log';
      return fromLog.problem ?? replica.problem;
    },
    get state() {
      return fromLog.state;
    },
    get seq() {
      return fromLog.seq;
    },
  };
}
