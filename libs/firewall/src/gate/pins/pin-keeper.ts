import type { Bus } from '@aegis/bus';
import { createEvent, newTraceId } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { toolLog } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { foldName } from '@aegis/kit/text';
import { createPinLog, pinsBehind } from './pin-log.ts';
import { changeLevel, type Listed, lookAlikeOf, type Pins } from './pins.ts';

/** Definitions of one tool, and tools of one server, that are recorded; what comes beyond is never trusted. */
const MAX_CHANGES = 100;
const MAX_TOOLS = 10_000;
const MAX_NAME = 1_000;
const MAX_SUBJECT = 200;

/** Whether a definition counts, and if not why not, as a reason for people. */
export type Standing = { readonly counts: true } | { readonly counts: false; readonly because: string };

/** The pins of all servers: follows the record, and writes what is new to it. */
export type PinKeeper = {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A sentence while it may have missed something. */
  readonly problem: string | undefined;
  /** Writes what is not on record yet. Nobody need wait: {@link PinKeeper.standing} does. */
  see(server: string, listed: readonly Listed[]): void;
  /**
   * What the record says of a definition, once it is on record.
   *
   * @throws AppError where the record can't be read or written now
   */
  standing(server: string, listed: Listed): Promise<Standing> | Standing;
};

type KeeperDeps = { bus: Bus; log: Logger; now: () => Date; timeoutMs: number };

/** Tools that could be taken for each other have one key. */
const keyOf = (server: string, tool: string): string => `${server}\0${foldName(tool)}`;

function isRecorded(pins: Pins, server: string, { tool, digest }: Listed): boolean {
  const pinned = pins.get(server)?.tools.get(tool);
  return pinned !== undefined && (pinned.counts.has(digest) || pinned.essences.has(digest));
}

/** Whether the definition counts, or is what an approver is shown of the tool. */
function isShown(pins: Pins, server: string, { tool, digest }: Listed): boolean {
  const pinned = pins.get(server)?.tools.get(tool);
  return pinned !== undefined && (pinned.counts.has(digest) || pinned.latest === digest);
}

function isTooMuch(pins: Pins, server: string, { tool }: Listed): boolean {
  const known = pins.get(server);
  const pinned = known?.tools.get(tool);
  if (pinned) return pinned.changes >= MAX_CHANGES;
  return tool.length > MAX_NAME || tool === '' || (known?.tools.size ?? 0) >= MAX_TOOLS;
}

function standingOf(pins: Pins, server: string, { tool, digest }: Listed): Standing {
  const pinned = pins.get(server)?.tools.get(tool);
  if (pinned?.counts.has(digest)) return { counts: true };
  const because =
    pinned?.looksLike === undefined
      ? `the definition of tool '${tool}' has changed and nobody has accepted it yet`
      : `tool '${tool}' looks like '${pinned.looksLike}' and nobody has accepted it yet`;
  return { counts: false, because };
}

/** What is written about a definition that is not on record: the first of its tool, or a change. */
function eventOf(pins: Pins, server: string, { tool, digest, definition }: Listed, now: Date): Envelope {
  const known = pins.get(server);
  const pinned = known?.tools.get(tool);
  const about = { server, tool, digest, definition };
  const made = {
    source: 'mcp',
    subject: tool.slice(0, MAX_SUBJECT),
    time: now.toISOString(),
    traceId: newTraceId(),
  };
  if (pinned) {
    const level = changeLevel(pinned, definition);
    return createEvent({ ...made, type: 'aegis.tool.changed.v1', data: { ...about, level } });
  }
  const looksLike = lookAlikeOf(known, tool);
  const data = looksLike === undefined ? about : { ...about, looks_like: looksLike };
  return createEvent({ ...made, type: 'aegis.tool.seen.v1', data });
}

export function createPinKeeper({ bus, log, now, timeoutMs }: KeeperDeps): PinKeeper {
  const pinLog = createPinLog(bus, log);
  const { pins } = pinLog;
  /** Writes under way, the last one of each key. */
  const writing = new Map<string, Promise<void>>();

  type IsKnown = typeof isRecorded;
  const isSettled = (server: string, listed: Listed, isKnown: IsKnown = isRecorded): boolean =>
    isKnown(pins, server, listed) || isTooMuch(pins, server, listed);

  const write = async (server: string, listed: Listed, isKnown?: IsKnown): Promise<void> => {
    if (isSettled(server, listed, isKnown)) return;
    const fact = { subject: toolLog(server), event: eventOf(pins, server, listed, now()) };
    const { seq } = await bus.commit(fact, Date.now() + timeoutMs);
    await pinLog.folded(seq, timeoutMs);
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

  return {
    start: () => pinLog.start(),
    stop: () => pinLog.stop(),
    get problem() {
      return pinLog.isCurrent() ? undefined : 'the pins of tool definitions are behind the log';
    },
    see(server, listed) {
      for (const one of listed) {
        if (isSettled(server, one, isShown)) continue;
        writeInTurn(server, one, isShown).catch((err: unknown) => {
          log.warn({ err, server, tool: one.tool }, 'tool definition not recorded');
        });
      }
    },
    standing(server, listed) {
      if (!pinLog.isCurrent()) throw pinsBehind();
      if (isSettled(server, listed)) return standingOf(pins, server, listed);
      return writeInTurn(server, listed).then(() => standingOf(pins, server, listed));
    },
  };
}
