import { createHash, hash } from 'node:crypto';
import type { Followed } from '@aegis/bus';
import { EVENT_DATA } from '@aegis/contracts/events';
import { toolAcceptedLog, toolLog } from '@aegis/contracts/subjects';
import { digestOf } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import {
  definitionWith,
  evolve,
  inQuarantine,
  standingOf,
  type Tool,
  type ToolEvent,
} from '../domain/tool-definitions.ts';

/** Deeper ones can't be shown: who writes JSON out needs a stack as deep. */
const MAX_DEPTH = 200;

/** A tool's key: short and plain, whatever its name is. Forms carry it, which would change odd characters of a name. */
export const toolKey = (server: string, tool: string): string =>
  createHash('sha256')
    .update(JSON.stringify([server, tool]))
    .digest('hex')
    .slice(0, 32);

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** The event, if it is one of ours and on its own subject: who may write definitions may not write acceptances. */
function readToolEvent({ seq, subject, event }: Followed): ToolEvent | undefined {
  const at = { seq, time: event?.time ?? '' };
  if (event?.type === 'aegis.tool.accepted.v1') {
    const { data } = EVENT_DATA[event.type].safeParse(event.data);
    return data && subject === toolAcceptedLog(data.server) ? { ...at, type: event.type, data } : undefined;
  }
  if (event?.type === 'aegis.tool.seen.v1') {
    const { data } = EVENT_DATA[event.type].safeParse(event.data);
    return data && subject === toolLog(data.server) ? { ...at, type: event.type, data } : undefined;
  }
  if (event?.type === 'aegis.tool.changed.v1') {
    const { data } = EVENT_DATA[event.type].safeParse(event.data);
    return data && subject === toolLog(data.server) ? { ...at, type: event.type, data } : undefined;
  }
  return undefined;
}

/** The digest of the RFC 8785 form; where there is none, as for half a character, of the JSON text. */
function digestOfDefinition(definition: Record<string, unknown>): string {
  try {
    return digestOf(definition);
  } catch {
    return `sha256:${hash('sha256', JSON.stringify(definition), 'hex')}`;
  }
}

/** What a person sees must be what the digest stands for: that is what they accept. */
function canBeShown(event: ToolEvent): boolean {
  if (event.type === 'aegis.tool.accepted.v1') return true;
  const { definition, digest } = event.data;
  return isShallow(definition, MAX_DEPTH) && digestOfDefinition(definition) === digest;
}

/** What a name looks like, among those of its server. */
const looksOf = (server: string, tool: string): string => JSON.stringify([server, foldName(tool)]);

/** Every tool that the log knows of, and what counts of it. */
export class ToolIndex {
  readonly #tools = new Map<string, Tool>();
  /** By what a name looks like, the first tool that had it. */
  readonly #byLooks = new Map<string, string>();
  #unreadable = 0;

  /**
   * False where the event changes nothing here. One that the firewall would not write is unreadable; a definition that
   * can't be shown is its server's doing, and its calls go to a person as long as it stays so.
   */
  apply(message: Followed): boolean {
    const event = readToolEvent(message);
    if (!event) this.#unreadable++;
    if (!event || !canBeShown(event)) return false;
    const key = toolKey(event.data.server, event.data.tool);
    this.#tools.set(key, evolve(this.#tools.get(key), this.#withLooks(event)));
    return true;
  }

  /** Two firewalls that see two tools at once don't see that they look alike: whoever reads the log does. */
  #withLooks(event: ToolEvent): ToolEvent {
    if (event.type !== 'aegis.tool.seen.v1') return event;
    const { server, tool, looks_like } = event.data;
    const looks = looksOf(server, tool);
    const first = this.#byLooks.get(looks);
    if (first === undefined) this.#byLooks.set(looks, tool);
    if (looks_like !== undefined || first === undefined || first === tool) return event;
    return { ...event, data: { ...event.data, looks_like: first } };
  }

  get(key: string): Tool | undefined {
    return this.#tools.get(key);
  }

  /** What a server said of one of its tools, by the name that rules have for it and the digest; undefined where it is not known. */
  definitionOf(server: string, tool: string, digest: string): Record<string, unknown> | undefined {
    const found = this.#tools.get(toolKey(server, tool.slice(server.length + 1)));
    return found && definitionWith(found, digest, digestOfDefinition);
  }

  /** The tools in quarantine, the one whose definition came last first. */
  quarantined(): Tool[] {
    return [...this.#tools.values()]
      .flatMap((tool) => {
        const waiting = inQuarantine(tool);
        return waiting ? [{ tool, seq: waiting.seq }] : [];
      })
      .toSorted((a, b) => b.seq - a.seq)
      .map(({ tool }) => tool);
  }

  /** The tool that this definition counts for, where there is one. */
  countingFor(digest: string): Tool | undefined {
    return this.#tools.values().find((tool) => standingOf(tool, digest) === 'counts');
  }

  get unreadable(): number {
    return this.#unreadable;
  }
}
