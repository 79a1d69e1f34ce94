import type { QuarantinedTool } from '@aegis/contracts/tool-definition';
import { type Definition, essenceOf } from './definition.ts';
import type { ToolEvent } from './tool-event.ts';

type Level = QuarantinedTool['level'];

/** A definition that counts. Its essence is not known where it was accepted and never seen. */
type Counting = { readonly digest: string; readonly essence?: string };

/** A definition that doesn't count and may be accepted: when it was seen last, and where in the log that stands. */
export type WaitingDefinition = {
  readonly digest: string;
  readonly essence: string;
  readonly level: Level;
  readonly since: string;
  readonly seq: number;
  /** Only where the fold keeps definitions. */
  readonly definition?: Definition;
};

/** What is known of one tool of one server. */
export type Tool = {
  readonly server: string;
  readonly tool: string;
  /** Calls of any other definition go to a person. */
  readonly counts: readonly Counting[];
  /** The digest of the definition seen last. */
  readonly latest: string;
  /** How often a definition that doesn't count was recorded since somebody last accepted one. */
  readonly changes: number;
  /** The definition that counted last, where the fold keeps definitions. */
  readonly before?: { readonly digest: string; readonly definition: Definition };
  /** Another tool of the server that had this look first. */
  readonly looksLike?: string;
  /** What may be accepted, the one seen last at the end. */
  readonly waiting: readonly WaitingDefinition[];
};

/** Whether a definition counts, may be accepted, or is not on record (any more). */
export type DefinitionStatus = 'counts' | 'waits' | 'unknown';

/** What `evolve` is told beside the event: which tool had the look of a new name first, and what the fold is to keep. */
export type Circumstances = { readonly lookAlike: string | undefined; readonly keepsDefinitions: boolean };

/** A server that changes its mind all the time must not fill the memory: older ones can't be accepted any more. */
const WAITING_AT_MOST = 100;

const isCounting = ({ counts }: Tool, digest: string): boolean => counts.some((one) => one.digest === digest);

export function definitionStatus(tool: Tool | undefined, digest: string): DefinitionStatus {
  if (!tool) return 'unknown';
  if (isCounting(tool, digest)) return 'counts';
  return tool.waiting.some((one) => one.digest === digest) ? 'waits' : 'unknown';
}

/** Whether a definition differs in what a model reads from all those that count, or only in icons and `_meta`. */
export function changeLevel({ counts }: Pick<Tool, 'counts'>, definition: Definition): Level {
  const essence = essenceOf(definition);
  return counts.some((one) => one.essence === essence) ? 'minor' : 'major';
}

/** A definition that was seen; `definition` only to be kept. */
type Seen = { readonly waiting: WaitingDefinition; readonly kept: Definition | undefined };

const keptOf = ({ waiting: { digest }, kept }: Seen): Pick<Tool, 'before'> =>
  kept === undefined ? {} : { before: { digest, definition: kept } };

/** One that counts was seen: again, or for the first time since it was accepted. */
function seeCounting(tool: Tool, seen: Seen): Tool {
  const { digest, essence } = seen.waiting;
  const isNew = tool.counts.some((one) => one.digest === digest && one.essence === undefined);
  if (!isNew) return { ...tool, latest: digest };
  const counts = tool.counts.map((one) => (one.digest === digest ? { digest, essence } : one));
  return { ...tool, latest: digest, counts, ...keptOf(seen) };
}

function see(tool: Tool, seen: Seen): Tool {
  const { waiting, kept } = seen;
  if (isCounting(tool, waiting.digest)) return seeCounting(tool, seen);
  const others = tool.waiting.filter(({ digest }) => digest !== waiting.digest);
  const next = kept === undefined ? waiting : { ...waiting, definition: kept };
  return {
    ...tool,
    latest: waiting.digest,
    changes: tool.changes + 1,
    waiting: [...others, next].slice(-WAITING_AT_MOST),
  };
}

function accept(tool: Tool, digest: string): Tool {
  if (isCounting(tool, digest)) return tool;
  const found = tool.waiting.find((one) => one.digest === digest);
  const { essence, definition } = found ?? {};
  return {
    ...tool,
    counts: [...tool.counts, essence === undefined ? { digest } : { digest, essence }],
    changes: 0,
    ...(definition === undefined ? {} : { before: { digest, definition } }),
    waiting: tool.waiting.filter((one) => one !== found),
  };
}

function known(state: Tool | undefined, event: ToolEvent, { lookAlike }: Circumstances): Tool {
  const said = event.type === 'aegis.tool.seen.v1' ? event.data.looks_like : undefined;
  const { server, tool, digest } = event.data;
  const found = state ?? { server, tool, counts: [], latest: digest, changes: 0, waiting: [] };
  const looksLike = said ?? (state === undefined ? lookAlike : undefined);
  return looksLike === undefined ? found : { ...found, looksLike };
}

/**
 * Folds one event. What counts is the first definition of a tool that nothing is known of, unless its name looks like
 * another's, and each that was accepted: also one that nobody saw, for an approver's word is needed no less then. Every
 * other one that was seen waits, whichever event said so: firewalls that race write what the other one has written.
 */
export function evolve(
  state: Tool | undefined,
  event: ToolEvent,
  circumstances: Circumstances = { lookAlike: undefined, keepsDefinitions: false },
): Tool {
  const tool = known(state, event, circumstances);
  if (event.type === 'aegis.tool.accepted.v1') return accept(tool, event.data.digest);
  const { digest, definition } = event.data;
  const essence = essenceOf(definition);
  const level = event.type === 'aegis.tool.changed.v1' ? event.data.level : changeLevel(tool, definition);
  const waiting = { digest, essence, level, since: event.time, seq: event.seq };
  const seen = { waiting, kept: circumstances.keepsDefinitions ? definition : undefined };
  const isFirst = state === undefined && event.type === 'aegis.tool.seen.v1' && tool.looksLike === undefined;
  return isFirst ? { ...tool, counts: [{ digest, essence }], ...keptOf(seen) } : see(tool, seen);
}

/** The definition that keeps the tool in quarantine: the one seen last, where it doesn't count. */
export function inQuarantine({ latest, waiting }: Tool): WaitingDefinition | undefined {
  const last = waiting.at(-1);
  return last?.digest === latest ? last : undefined;
}

/** A definition that waits as people and programs see it; undefined where the fold keeps no definitions. */
export function toQuarantined(tool: Tool, waiting: WaitingDefinition): QuarantinedTool | undefined {
  const { digest, definition, level, since } = waiting;
  if (definition === undefined) return undefined;
  return {
    server: tool.server,
    tool: tool.tool,
    digest,
    definition,
    level,
    since,
    looks_like: tool.looksLike,
    before: tool.before?.definition,
  };
}

/** A definition of the tool by its digest, where it is still known. */
export function definitionWith({ before, waiting }: Tool, digest: string): Definition | undefined {
  const found = waiting.find((one) => one.digest === digest)?.definition;
  return found ?? (before?.digest === digest ? before.definition : undefined);
}
