import type { Bus, Followed, Replica, Unreadable } from '@aegis/bus';
import { TOOLS_LOG, toolLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { foldName } from '@aegis/kit/text';
import { createToolFold, definitionStatus, type ToolFold } from '@aegis/replicas/tools';
import type { Listed } from './listed.ts';
import { MAX_NEW_NAMES, type NewNames } from './new-names.ts';
import { eventOf, whyNever } from './recording.ts';

/** Whether a definition counts, and if not why not, as a reason for people. */
export type PinStatus = { readonly counts: true } | { readonly counts: false; readonly because: string };

/** The pins of all servers: follows the record, and writes what is new to it. */
export type PinKeeper = Pick<Replica, 'start' | 'stop'> & {
  /** A sentence while it may have missed something, or the log holds something that can't be read. */
  readonly problem: string | undefined;
  /**
   * Writes what is not on record yet, a few at a time. Nobody need wait: {@link PinKeeper.status} does. `names` are those
   * that the connection has added, and may.
   */
  see(server: string, listed: readonly Listed[], names: NewNames): void;
  /**
   * What the record says of a definition, once it is on record.
   *
   * @throws AppError where the record can't be read or written now
   */
  status(server: string, listed: Listed, names: NewNames): Promise<PinStatus> | PinStatus;
};

type KeeperDeps = { bus: Bus; log: Logger; now: () => Date; timeoutMs: number };

const pinsBehind = (): AppError =>
  new AppError('storage_unavailable', 'The pins of tool definitions are behind the log.');

/** Tools that could be taken for each other have one key. */
const keyOf = (server: string, tool: string): string => `${server}\0${foldName(tool)}`;

type IsKnown = (tools: ToolFold, server: string, listed: Listed) => boolean;

const isRecorded: IsKnown = (tools, server, { tool, digest }) =>
  definitionStatus(tools.get(server, tool), digest) !== 'unknown';

/** Whether the definition counts, or is what an approver is shown first of the tool. */
const isShown: IsKnown = (tools, server, { tool, digest }) => {
  const known = tools.get(server, tool);
  const status = definitionStatus(known, digest);
  return status === 'counts' || (status === 'waits' && known?.latest === digest);
};

/** Only what waits is said to be waiting: an approver finds it then. */
function judge(tools: ToolFold, server: string, listed: Listed): PinStatus {
  const { tool, digest } = listed;
  const known = tools.get(server, tool);
  const status = definitionStatus(known, digest);
  if (status === 'counts') return { counts: true };
  const because =
    known?.looksLike === undefined
      ? `the definition of tool '${tool}' has changed`
      : `tool '${tool}' looks like '${known.looksLike}'`;
  if (status === 'waits') return { counts: false, because: `${because} and nobody has accepted it yet` };
  const never = whyNever(tools, server, listed) ?? 'the record did not take its definition';
  return { counts: false, because: `tool '${tool}' can not be accepted as it is: ${never}` };
}

/**
 * Writes that nobody waits for: so many at once, as many as a usual server has tools, and so many that wait; a call has more
 * of them written.
 */
const MAX_WRITING = 32;
const MAX_WAITING = 10_000;

const TOO_MANY_NEW = `its connection has listed more than ${MAX_NEW_NAMES} tools that were never seen`;

/** Runs a few at a time. What waits is bounded, and what comes beyond is not run. */
function createQueue() {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const go = (): void => {
    while (running < MAX_WRITING) {
      const next = waiting.shift();
      if (next === undefined) return;
      running++;
      void next().finally(() => {
        running--;
        go();
      });
    }
  };
  return (run: () => Promise<void>): void => {
    if (waiting.length >= MAX_WAITING) return;
    waiting.push(run);
    go();
  };
}

export function createPinKeeper({ bus, log, now, timeoutMs }: KeeperDeps): PinKeeper {
  // Without definitions: judging needs their digests alone.
  const tools = createToolFold({ keepsDefinitions: false });
  const apply = (message: Followed): Unreadable | undefined => {
    const tool = tools.apply(message);
    if (tool === 'unfit')
      log.error({ seq: message.seq }, 'a definition that can not be shown counts for nothing');
    return tool === 'unreadable' ? tool : undefined;
  };
  const replica = bus.replica({ filter: TOOLS_LOG, apply });
  /** Writes under way, the last one of each key. */
  const writing = new Map<string, Promise<void>>();

  const isSettled = (server: string, listed: Listed, isKnown: IsKnown = isRecorded): boolean =>
    isKnown(tools, server, listed) || whyNever(tools, server, listed) !== undefined;

  const write = async (server: string, listed: Listed, isKnown?: IsKnown): Promise<void> => {
    if (isSettled(server, listed, isKnown)) return;
    const fact = { subject: toolLog(server), event: eventOf(tools, server, listed, now()) };
    const { seq } = await bus.commit(fact, Date.now() + timeoutMs);
    if (!(await replica.applied(seq, Date.now() + timeoutMs))) throw pinsBehind();
  };
  /** One after the other, look-alikes too: what the first one was decides what the second one is. */
  const writeInTurn = (server: string, listed: Listed, isKnown?: IsKnown): Promise<void> => {
    const key = keyOf(server, listed.tool);
    const before = writing.get(key)?.catch(() => undefined) ?? Promise.resolve();
    const running = before
      .then(() => write(server, listed, isKnown))
      .finally(() => {
        if (writing.get(key) === running) writing.delete(key);
      });
    writing.set(key, running);
    return running;
  };

  const inBackground = createQueue();
  const mayAdd = (server: string, { tool }: Listed, names: NewNames): boolean =>
    tools.get(server, tool) !== undefined || names.add(tool);

  return {
    start: replica.start,
    stop: replica.stop,
    get problem() {
      return replica.isCurrent() ? replica.problem : 'the pins of tool definitions are behind the log';
    },
    see(server, listed, names) {
      for (const one of listed) {
        if (isSettled(server, one, isShown) || !mayAdd(server, one, names)) continue;
        inBackground(() =>
          writeInTurn(server, one, isShown).catch((err: unknown) => {
            log.warn({ err, server, tool: one.tool }, 'tool definition not recorded');
          }),
        );
      }
    },
    status(server, listed, names) {
      if (!replica.isCurrent()) throw pinsBehind();
      if (isSettled(server, listed)) return judge(tools, server, listed);
      if (!mayAdd(server, listed, names)) {
        return { counts: false, because: `tool '${listed.tool}' is not on record: ${TOO_MANY_NEW}` };
      }
      return writeInTurn(server, listed).then(() => judge(tools, server, listed));
    },
  };
}
