import type { Bus, Followed, Follower } from '@aegis/bus';
import { EVENT_DATA } from '@aegis/contracts/events';
import { TOOLS_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { foldPin, type Pins } from './pins.ts';

const CATCH_UP_WITHIN_MS = 3_000;
const TRY_AGAIN_AFTER_MS = 100;
/** A follower may fall behind on a connection that looks well, so it is asked again this often. */
const LOOK_AGAIN_AFTER_MS = 2_000;

/** The record of tool definitions, followed. */
export type PinLog = {
  readonly pins: Pins;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** False while it may have missed something. */
  isCurrent(): boolean;
  /** Resolves once what is stored at this sequence is folded. @throws AppError after `timeoutMs` */
  folded(seq: number, timeoutMs: number): Promise<void>;
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

export const pinsBehind = (): AppError =>
  new AppError('storage_unavailable', 'The pins of tool definitions are behind the log.');

/** The data of an event of a tool, or undefined where it is not one that can be read. */
function readEvent({ event }: Followed): { type: string; data: unknown } | undefined {
  const type = event?.type;
  if (
    type !== 'aegis.tool.seen.v1' &&
    type !== 'aegis.tool.changed.v1' &&
    type !== 'aegis.tool.accepted.v1'
  ) {
    return undefined;
  }
  const parsed = EVENT_DATA[type].safeParse(event?.data);
  return parsed.success ? { type, data: parsed.data } : undefined;
}

/** Says whether a follower has all that is stored: not from a loss of the bus until it has caught up again. */
function createWatch(bus: Bus) {
  let current = false;
  let losses = 0;
  let stopped = false;
  const look = async (follower: Follower): Promise<void> => {
    const before = losses;
    const caughtUp = bus.isUp() && (await follower.caughtUp(Date.now() + CATCH_UP_WITHIN_MS));
    // What was caught up with before a loss says nothing of the time since.
    current = caughtUp && before === losses && !stopped;
  };
  const lookSafely = (follower: Follower): Promise<void> =>
    look(follower).catch(() => {
      current = false;
    });
  bus.link.onDown(() => {
    current = false;
    losses++;
  });
  return {
    isCurrent: () => current && bus.isUp(),
    async first(follower: Follower): Promise<void> {
      for (;;) {
        await lookSafely(follower);
        if (current || stopped) return;
        await sleep(TRY_AGAIN_AFTER_MS);
      }
    },
    async keep(follower: Follower): Promise<void> {
      for (;;) {
        await sleep(current ? LOOK_AGAIN_AFTER_MS : TRY_AGAIN_AFTER_MS);
        if (stopped) return;
        await lookSafely(follower);
      }
    },
    stop(): void {
      stopped = true;
      current = false;
    },
  };
}

export function createPinLog(bus: Bus, log: Logger): PinLog {
  const pins: Pins = new Map();
  const watch = createWatch(bus);
  let waiting: { seq: number; resolve: (isFolded: true) => void }[] = [];
  let position = 0;
  let follower: Follower | undefined;

  const apply = (message: Followed): void => {
    const event = readEvent(message);
    if (event) foldPin(pins, message.subject, event);
    else log.error({ seq: message.seq }, 'an event of a tool can not be read');
    position = message.seq;
    const due = waiting.filter(({ seq }) => seq <= position);
    waiting = waiting.filter(({ seq }) => seq > position);
    for (const { resolve } of due) resolve(true);
  };

  return {
    pins,
    isCurrent: watch.isCurrent,
    async folded(seq, timeoutMs) {
      if (seq <= position) return;
      const done = new Promise<true>((resolve) => {
        waiting.push({ seq, resolve });
      });
      if ((await Promise.race([done, sleep(timeoutMs)])) !== true) throw pinsBehind();
    },
    async start() {
      follower = await bus.follow({ filter: TOOLS_LOG, fromSeq: 1, apply });
      await watch.first(follower);
      void watch.keep(follower);
    },
    async stop() {
      watch.stop();
      await follower?.stop();
    },
  };
}
