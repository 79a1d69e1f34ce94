import type { Bus, Followed } from '@aegis/bus';
import { TOOLS_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { createToolFold, type ToolFold } from '@aegis/replicas/tools';

/** The record of tool definitions, followed. */
export type PinLog = {
  /** What is known of every tool, without definitions: judging needs their digests alone. */
  readonly tools: ToolFold;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** False while it may have missed something. */
  isCurrent(): boolean;
  /** Resolves once what is stored at this sequence is folded. @throws AppError after `timeoutMs` */
  folded(seq: number, timeoutMs: number): Promise<void>;
};

export const pinsBehind = (): AppError =>
  new AppError('storage_unavailable', 'The pins of tool definitions are behind the log.');

export function createPinLog(bus: Bus, log: Logger): PinLog {
  const tools = createToolFold({ keepsDefinitions: false });
  const apply = (message: Followed): void => {
    const tool = tools.apply(message);
    if (typeof tool !== 'string') return;
    log.error({ seq: message.seq, because: tool }, 'an event of a tool counts for nothing');
  };
  const replica = bus.replica({ filter: TOOLS_LOG, apply });
  return {
    tools,
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
