import type { Bus, Followed, Replica, Unreadable } from '@aegis/bus';
import { TOOLS_LOG, toolLog } from '@aegis/contracts/subjects';
import type { Limiter } from '@aegis/kit/allowance';
import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { foldName } from '@aegis/kit/text';
import { createToolFold, definitionStatus, type ToolFold } from '@aegis/replicas/tools';
import type { Listed } from './listed.ts';
import { MAX_NEW_NAMES, type NewNames } from './new-names.ts';
import { eventOf, sizeOf, whyNever } from './recording.ts';

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

type KeeperDeps = {
  bus: Bus;
  log: Logger;
  /** What may be put on record of the definitions of one server, for one principal. */
  definitions: Limiter;
  now: () => Date;
  timeoutMs: number;
};

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

const TOO_MANY_CHANGES =
  'more definitions of its server were put on record than DEFINITIONS_AT_ONCE and DEFINITIONS_PER_HOUR let it have';

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

export function createPinKeeper({ bus, log, definitions, now, timeoutMs }: KeeperDeps): PinKeeper {
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
  const writing = new Map<string, Promise<boolean>>();

  const isSettled = (server: string, listed: Listed, isKnown: IsKnown = isRecorded): boolean =>
    isKnown(tools, server, listed) || whyNever(tools, server, listed) !== undefined;

  /** False where no more definitions of this server may be put on record now. */
  const write = async (
    listed: Listed,
    server: string,
    names: NewNames,
    isKnown?: IsKnown,
  ): Promise<boolean> => {
    if (isSettled(server, listed, isKnown)) return true;
    const caller = { principal: names.principal, from: server };
    if (!definitions.takes(caller, sizeOf(listed.definition))) {
      names.tell(`There are ${TOO_MANY_CHANGES}.`);
      return false;
    }
    const fact = { subject: toolLog(server), event: eventOf(tools, server, listed, now()) };
    const { seq } = await bus.commit(fact, Date.now() + timeoutMs);
    if (!(await replica.applied(seq, Date.now() + timeoutMs))) throw pinsBehind();
    return true;
  };
  /** One after the other, look-alikes too: what the first one was decides what the second one is. */
  const writeInTurn: typeof write = (listed, server, names, isKnown) => {
    const key = keyOf(server, listed.tool);
    const before = writing.get(key)?.catch(() => undefined) ?? Promise.resolve();
    const running = before
      .then(() => write(listed, server, names, isKnown))
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
          writeInTurn(one, server, names, isShown).then(
            () => undefined,
            (err: unknown) => log.warn({ err, server, tool: one.tool }, 'tool definition not recorded'),
          ),
        );
      }
    },
    status(server, listed, names) {
      if (!replica.isCurrent()) throw pinsBehind();
      if (isSettled(server, listed)) return judge(tools, server, listed);
      const notOnRecord = (because: string): PinStatus => ({
        counts: false,
        because: `tool '${listed.tool}' is not on record: ${because}`,
      });
      if (!mayAdd(server, listed, names)) return notOnRecord(TOO_MANY_NEW);
      return writeInTurn(listed, server, names).then((isWritten) =>
        isWritten ? judge(tools, server, listed) : notOnRecord(TOO_MANY_CHANGES),
      );
    },
  };
}
