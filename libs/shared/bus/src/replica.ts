import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@aegis/kit/logger';
import type { Followed, Follower, FollowOptions } from './follow.ts';
import type { Link } from './link.ts';
import { createSkipped } from './skipped.ts';

const CATCH_UP_WITHIN_MS = 3_000;
const TICK_MS = 100;
/** A follower may fall behind on a connection that looks well, so it is asked again this often. */
const LOOK_AGAIN_AFTER_MS = 2_000;

/**
 * What is known of a part of the log in this process: it follows that part from the start, and says when it may have missed
 * something.
 */
export type Replica = ReturnType<typeof createReplica>;

/** A message that is no event of its subject. */
export type Unreadable = 'unreadable';

export type ReplicaOptions = Required<Pick<FollowOptions, 'filter'>> & {
  /** Takes one fact. One that it can't read, or that makes it throw, is counted, said and passed over: it never stops it. */
  apply: (message: Followed) => Unreadable | undefined | void;
};

type ReplicaDeps = {
  link: Link;
  log: Logger;
  follow: (options: Omit<FollowOptions, 'log'>) => Promise<Follower>;
};

/** Knows whether a follower has all that is stored. */
function watchCurrency(link: Link, log: Logger) {
  const first = Promise.withResolvers<boolean>();
  let timer: NodeJS.Timeout | undefined;
  let current = false;
  let losses = 0;
  let looking: Promise<void> | undefined;
  let lookedAtMs = 0;
  /** When the last look began that found nothing missing. */
  let knownAtMs = Number.NEGATIVE_INFINITY;

  const look = async (follower: Follower): Promise<void> => {
    const before = losses;
    const beganMs = performance.now();
    const position = follower.position();
    const caughtUp = link.isUp() && (await follower.caughtUp(Date.now() + CATCH_UP_WITHIN_MS));
    // What was caught up with before a loss says nothing of the time since.
    current = caughtUp && before === losses;
    if (current) {
      knownAtMs = beganMs;
      first.resolve(true);
    } else if (link.isUp() && follower.position() === position) {
      // Somebody else takes what this reader is sent, or it was changed or deleted.
      log.warn({ position }, 'what is new in the log does not come; reading it anew');
      follower.reopen();
    }
  };
  const lookOnce = async (follower: Follower): Promise<void> => {
    try {
      await look(follower);
    } catch (err) {
      current = false;
      log.debug({ err }, 'still behind the log');
    }
    lookedAtMs = performance.now();
    looking = undefined;
  };
  /** Looks, or waits for the look that is under way. */
  const lookNow = (follower: Follower): Promise<void> => (looking ??= lookOnce(follower));
  const lookWhereDue = (follower: Follower): void => {
    if (current && performance.now() - lookedAtMs < LOOK_AGAIN_AFTER_MS) return;
    void lookNow(follower);
  };
  const lose = (): void => {
    current = false;
    knownAtMs = Number.NEGATIVE_INFINITY;
    losses++;
  };
  const knownForMs = (): number => (link.isUp() ? performance.now() - knownAtMs : Number.POSITIVE_INFINITY);

  /** The look under way may have begun too long ago, so there may be another one. */
  const lookUntilKnown = async (follower: Follower, ageMs: number, untilMs: number): Promise<boolean> => {
    while (knownForMs() > ageMs) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0 || !link.isUp()) return false;
      await Promise.race([lookNow(follower), sleep(leftMs, undefined, { ref: false })]);
    }
    return true;
  };

  const forget = link.onDown(lose);
  return {
    isCurrent: () => current && link.isUp(),
    /** Looks ahead where half of the age is over, so that hardly anybody waits for a look. */
    isKnownWithin(follower: Follower, ageMs: number, withinMs: number): boolean | Promise<boolean> {
      const forMs = knownForMs();
      if (forMs > ageMs) return lookUntilKnown(follower, ageMs, performance.now() + withinMs);
      if (forMs > ageMs / 2) void lookNow(follower);
      return true;
    },
    start(follower: Follower): Promise<boolean> {
      timer = setInterval(() => lookWhereDue(follower), TICK_MS).unref();
      lookWhereDue(follower);
      return first.promise;
    },
    stop(): void {
      clearInterval(timer);
      forget();
      lose();
      first.resolve(false);
    },
  };
}

export function createReplica({ link, log, follow }: ReplicaDeps, options: ReplicaOptions) {
  const watch = watchCurrency(link, log);
  const skipped = createSkipped(log);
  let follower: Follower | undefined;
  const take = (message: Followed): Unreadable | undefined | void => {
    try {
      return options.apply(message);
    } catch (err) {
      log.error({ err, subject: message.subject, seq: message.seq }, 'a message of the log can not be taken');
      return 'unreadable';
    }
  };
  const apply = (message: Followed): void => {
    if (take(message) === 'unreadable') skipped.add(message);
    else skipped.clear(message.subject);
  };
  return {
    /** A sentence while the last message of a subject is one that was passed over. */
    get problem(): string | undefined {
      return skipped.problem;
    },
    /** False from a loss of the bus until it has caught up again, and while it is behind. */
    isCurrent: watch.isCurrent,
    /**
     * Whether all that was stored `ageMs` ago, or before, is applied. {@link isCurrent} says so of a few seconds ago, for a
     * server may have stopped without a word; here the log was asked for its end since then, or is asked now, for no longer
     * than `withinMs`.
     */
    isKnownWithin: (ageMs: number, withinMs: number): boolean | Promise<boolean> =>
      follower === undefined ? false : watch.isKnownWithin(follower, ageMs, withinMs),
    /** True once all that was stored when this was called is applied, false where the deadline came first. */
    caughtUp: async (deadlineMs: number): Promise<boolean> => (await follower?.caughtUp(deadlineMs)) === true,
    /** True once what is stored at this sequence is applied, false where the deadline came first. */
    applied: async (seq: number, deadlineMs: number): Promise<boolean> =>
      (await follower?.applied(seq, deadlineMs)) === true,
    /** Follows the log; true once all that was stored is applied, false where it was stopped or the time was over before. */
    start: async (withinMs?: number): Promise<boolean> => {
      follower = await follow({ filter: options.filter, apply, fromSeq: 1 });
      const current = watch.start(follower);
      if (withinMs === undefined) return current;
      return Promise.race([current, sleep(withinMs, false, { ref: false })]);
    },
    stop: async (): Promise<void> => {
      watch.stop();
      await follower?.stop();
    },
  };
}
