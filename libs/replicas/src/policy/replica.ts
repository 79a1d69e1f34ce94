import type { Bus, Follower } from '@aegis/bus';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { ActiveFromLog, type ActivePolicy } from './active.ts';
import type { State } from './domain/policy-log.ts';

export type { ActivePolicy };

const CATCH_UP_WITHIN_MS = 3_000;
const TICK_MS = 100;
/** A follower may fall behind on a connection that looks well, so it is asked again this often. */
const LOOK_AGAIN_AFTER_MS = 2_000;

const BEHIND = 'This replica is behind the log.';

/** The policy in force, in this process: it follows the policy's events, and says nothing while it may have missed one. */
export type PolicyReplica = {
  /** Follows the log; resolves once all that was stored is applied. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws AppError `policy_unavailable` where the bus is lost, the replica is behind the log, or nothing is in force */
  active(): ActivePolicy;
  /** A sentence where it can't answer because it is behind, or because the log holds something that can't be read. */
  readonly problem: string | undefined;
  /** What the log says, the last refused candidate included. */
  readonly state: State;
  /** The sequence of the policy's last event, 0 where there is none: what the next append expects. */
  readonly seq: number;
  /** The reader of the log; undefined before the start. */
  readonly follower: Follower | undefined;
};

/** Knows whether a follower has all that is stored: not from a loss of the bus until it has caught up again. */
function createWatch(bus: Bus, log: Logger) {
  const first = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  let current = false;
  let losses = 0;
  let looking = false;
  let lookedAtMs = 0;

  const look = async (follower: Follower): Promise<void> => {
    const before = losses;
    const caughtUp = bus.isUp() && (await follower.caughtUp(Date.now() + CATCH_UP_WITHIN_MS));
    // What was caught up with before a loss says nothing of the time since.
    current = caughtUp && before === losses;
    if (current) first.resolve();
  };
  const lookWhereDue = async (follower: Follower): Promise<void> => {
    if (looking || (current && performance.now() - lookedAtMs < LOOK_AGAIN_AFTER_MS)) return;
    looking = true;
    try {
      await look(follower);
    } catch (err) {
      current = false;
      log.debug({ err }, 'still behind the policy log');
    }
    lookedAtMs = performance.now();
    looking = false;
  };
  const lose = (): void => {
    current = false;
    losses++;
  };

  bus.link.onDown(lose);
  return {
    isCurrent: () => current && bus.isUp(),
    /** Resolves once it is current for the first time, or was stopped. */
    start(follower: Follower): Promise<void> {
      timer = setInterval(() => void lookWhereDue(follower), TICK_MS).unref();
      void lookWhereDue(follower);
      return first.promise;
    },
    stop(): void {
      clearInterval(timer);
      lose();
      first.resolve();
    },
  };
}

/** A replica on this bus, whose identity must be allowed to follow {@link POLICY_LOG}: `policy` and `mcp` are. */
export function createPolicyReplica(bus: Bus, log: Logger): PolicyReplica {
  const fromLog = new ActiveFromLog();
  const watch = createWatch(bus, log);
  let follower: Follower | undefined;
  return {
    async start() {
      follower = await bus.follow({
        filter: POLICY_LOG,
        fromSeq: 1,
        apply: (message) => fromLog.apply(message),
      });
      await watch.start(follower);
    },
    async stop() {
      watch.stop();
      await follower?.stop();
    },
    active() {
      if (!watch.isCurrent()) throw new AppError('policy_unavailable', BEHIND);
      return fromLog.active;
    },
    get problem() {
      return watch.isCurrent() ? fromLog.problem : 'this replica is behind the log';
    },
    get state() {
      return fromLog.state;
    },
    get seq() {
      return fromLog.seq;
    },
    get follower() {
      return follower;
    },
  };
}
