import type { Bus, Followed } from '@aegis/bus';
import { EVENT_DATA } from '@aegis/contracts/events';
import { TOOLS_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { foldPin, type Pins } from './pins.ts';

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

export function createPinLog(bus: Bus, log: Logger): PinLog {
  const pins: Pins = new Map();
  const apply = (message: Followed): void => {
    const event = readEvent(message);
    if (event) foldPin(pins, message.subject, event);
    else log.error({ seq: message.seq }, 'an event of a tool can not be read');
  };
  const replica = bus.replica({ filter: TOOLS_LOG, apply });
  return {
    pins,
    isCurrent: replica.isCurrent,
    async start() {
      await replica.start();
    },
    stop: replica.stop,
    async folded(seq, timeoutMs) {
      if (!(await replica.applied(seq, Date.now() + timeoutMs))) throw pinsBehind();
    },
  };
}
