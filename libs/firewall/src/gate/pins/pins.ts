import type { EventData, EventType } from '@aegis/contracts/events';
import { toolAcceptedLog, toolLog } from '@aegis/contracts/subjects';
import { digestOf } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { sha256 } from '../record/record.ts';

/** A tool as a server lists it, with the digest of the RFC 8785 form of its whole definition. */
export type Listed = {
  readonly tool: string;
  readonly digest: string;
  readonly definition: Record<string, unknown>;
};

/** What the record says of one tool. */
export type Pinned = {
  /** Digests that count: the first one, unless the name looks like another's, and those that were accepted. */
  readonly counts: Set<string>;
  /** How often a definition that does not count was recorded. */
  changes: number;
  /** The digest of the definition that was recorded last: what an approver is shown. */
  latest: string;
  /** By digest, the digest of what a model reads of that definition. */
  readonly essences: Map<string, string>;
  readonly looksLike: string | undefined;
};

export type PinnedServer = {
  readonly tools: Map<string, Pinned>;
  /** By the name as a careless reader takes it, the first tool that had it. */
  readonly byLooks: Map<string, string>;
};

/** Definitions of all servers, by the server's name. */
export type Pins = Map<string, PinnedServer>;

type ToolEvent = { readonly type: string; readonly data: unknown };

/** A digest of anything that came as JSON. What RFC 8785 has no form for gets the digest of its JSON text. */
export function definitionDigest(definition: unknown): string {
  try {
    return digestOf(definition);
  } catch {
    return sha256(JSON.stringify(definition));
  }
}

/** The digest without what no model reads: icons, and what a server says of its own accord in `_meta`. */
export function essenceOf({ icons: _icons, _meta, ...read }: Record<string, unknown>): string {
  return definitionDigest(read);
}

const newServer = (): PinnedServer => ({ tools: new Map(), byLooks: new Map() });

/** Another tool of the server whose name differs only by case or by characters that nobody sees. */
export function lookAlikeOf(server: PinnedServer | undefined, tool: string): string | undefined {
  const first = server?.byLooks.get(foldName(tool));
  return first === tool ? undefined : first;
}

function serverOf(pins: Pins, name: string): PinnedServer {
  const found = pins.get(name) ?? newServer();
  pins.set(name, found);
  return found;
}

function foldSeen(pins: Pins, data: EventData<'aegis.tool.seen.v1'>): void {
  const server = serverOf(pins, data.server);
  if (server.tools.has(data.tool)) return;
  const looksLike = data.looks_like ?? lookAlikeOf(server, data.tool);
  server.tools.set(data.tool, {
    counts: new Set(looksLike === undefined ? [data.digest] : []),
    changes: 0,
    latest: data.digest,
    essences: new Map([[data.digest, essenceOf(data.definition)]]),
    looksLike,
  });
  const looks = foldName(data.tool);
  if (!server.byLooks.has(looks)) server.byLooks.set(looks, data.tool);
}

function foldChanged(pins: Pins, data: EventData<'aegis.tool.changed.v1'>): void {
  const pinned = pins.get(data.server)?.tools.get(data.tool);
  if (!pinned) return;
  pinned.changes++;
  pinned.latest = data.digest;
  pinned.essences.set(data.digest, essenceOf(data.definition));
}

function foldAccepted(pins: Pins, data: EventData<'aegis.tool.accepted.v1'>): void {
  pins.get(data.server)?.tools.get(data.tool)?.counts.add(data.digest);
}

const isOf = <T extends EventType>(type: T, event: ToolEvent): event is { type: T; data: EventData<T> } =>
  event.type === type;

/**
 * Folds one event of `aegis.log.tool.>`. Events that stand on another server's subject, or acceptances that stand where
 * the firewall itself writes, count for nothing: who may write a subject is all that says who wrote it.
 */
export function foldPin(pins: Pins, subject: string, event: ToolEvent): void {
  const { server } = event.data as { server: string };
  if (isOf('aegis.tool.accepted.v1', event)) {
    if (subject === toolAcceptedLog(server)) foldAccepted(pins, event.data);
  } else if (subject !== toolLog(server)) return;
  else if (isOf('aegis.tool.seen.v1', event)) foldSeen(pins, event.data);
  else if (isOf('aegis.tool.changed.v1', event)) foldChanged(pins, event.data);
}

/** Whether a new definition differs in what a model reads from all those that count. */
export function changeLevel(pinned: Pinned, definition: Record<string, unknown>): 'major' | 'minor' {
  const essence = essenceOf(definition);
  return [...pinned.counts].some((digest) => pinned.essences.get(digest) === essence) ? 'minor' : 'major';
}
