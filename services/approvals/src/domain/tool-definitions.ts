import type { EventData } from '@aegis/contracts/events';
import type { ChangeLevel, QuarantinedTool } from '@aegis/contracts/tool-definition';
import type { z } from 'zod';

type Definition = QuarantinedTool['definition'];

/** A definition that doesn't count, and when it was last seen; `seq` is its place in the log. */
export type Waiting = {
  digest: string;
  definition: Definition;
  level: z.infer<typeof ChangeLevel>;
  since: string;
  seq: number;
};

/** What is known of one tool of one server. */
export type Tool = {
  server: string;
  tool: string;
  /** The digests of the definitions that count: calls of any other one go to a person. */
  counts: readonly string[];
  /** The digest of the definition seen last. */
  latest: string;
  /** The definition that counted last. */
  before?: Definition;
  looksLike?: string;
  /** Definitions that may still be accepted, the one seen last at the end. */
  waiting: readonly Waiting[];
};

/** What happened to a tool, and where in the log. */
export type ToolEvent = { seq: number; time: string } & (
  | { type: 'aegis.tool.seen.v1'; data: EventData<'aegis.tool.seen.v1'> }
  | { type: 'aegis.tool.changed.v1'; data: EventData<'aegis.tool.changed.v1'> }
  | { type: 'aegis.tool.accepted.v1'; data: EventData<'aegis.tool.accepted.v1'> }
);

/** A server that changes its mind all the time must not fill the memory: older ones can't be accepted any more. */
const WAITING_AT_MOST = 100;

/** A definition came that is not the tool's first one. */
function see(tool: Tool, seen: Waiting): Tool {
  const latest = seen.digest;
  if (tool.counts.includes(latest)) return { ...tool, latest };
  const others = tool.waiting.filter((one) => one.digest !== latest);
  return { ...tool, latest, waiting: [...others, seen].slice(-WAITING_AT_MOST) };
}

function accept(tool: Tool, digest: string): Tool {
  if (tool.counts.includes(digest)) return tool;
  const definition = tool.waiting.find((one) => one.digest === digest)?.definition;
  return {
    ...tool,
    counts: [...tool.counts, digest],
    ...(definition === undefined ? {} : { before: definition }),
    waiting: tool.waiting.filter((one) => one.digest !== digest),
  };
}

/**
 * Folds one event. What counts is the first definition that was seen, unless its tool looks like another one, and each
 * that was accepted.
 */
export function evolve(state: Tool | undefined, event: ToolEvent): Tool {
  const { server, tool, digest } = event.data;
  const nothing: Tool = { server, tool, counts: [], latest: digest, waiting: [] };
  if (event.type === 'aegis.tool.accepted.v1') return accept(state ?? nothing, digest);
  const { definition } = event.data;
  const level = event.type === 'aegis.tool.changed.v1' ? event.data.level : 'major';
  const seen: Waiting = { digest, definition, level, since: event.time, seq: event.seq };
  const looksLike = event.type === 'aegis.tool.seen.v1' ? event.data.looks_like : undefined;
  const known = state && looksLike !== undefined ? { ...state, looksLike } : state;
  if (known) return see(known, seen);
  if (event.type === 'aegis.tool.changed.v1') return see(nothing, seen);
  return looksLike === undefined
    ? { ...nothing, counts: [digest], before: definition }
    : see({ ...nothing, looksLike }, seen);
}

/** The definition that keeps the tool in quarantine: the one seen last, where it doesn't count. */
export function inQuarantine({ latest, waiting }: Tool): Waiting | undefined {
  const last = waiting.at(-1);
  return last?.digest === latest ? last : undefined;
}

/** The tool as people and programs see it, where it is in quarantine. */
export function toQuarantined(tool: Tool): QuarantinedTool | undefined {
  const waiting = inQuarantine(tool);
  if (!waiting) return undefined;
  const { digest, definition, level, since } = waiting;
  return {
    server: tool.server,
    tool: tool.tool,
    digest,
    definition,
    level,
    since,
    ...(tool.looksLike === undefined ? {} : { looks_like: tool.looksLike }),
    ...(tool.before === undefined ? {} : { before: tool.before }),
  };
}

/** Whether a person may accept this definition of the tool, and whether that is done already. */
export function standingOf(tool: Tool | undefined, digest: string): 'counts' | 'waits' | 'unknown' {
  if (tool?.counts.includes(digest)) return 'counts';
  return tool?.waiting.some((one) => one.digest === digest) ? 'waits' : 'unknown';
}

/** A definition of the tool by its digest, where it is still known. `digest` gives that of any. */
export function definitionWith(
  { before, waiting }: Tool,
  digest: string,
  digestOf: (definition: Definition) => string,
): Definition | undefined {
  const found = waiting.find((one) => one.digest === digest)?.definition;
  if (found) return found;
  return before !== undefined && digestOf(before) === digest ? before : undefined;
}
