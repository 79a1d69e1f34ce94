import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData } from '@aegis/contracts/events';
import { toolAcceptedLog, toolLog } from '@aegis/contracts/subjects';
import { type Definition, definitionDigest } from '../domain/definition.ts';
import { createToolFold, type ToolFold } from '../domain/tool-fold.ts';

type Seen = EventData<'aegis.tool.seen.v1'>;
/** What is written to the log, where, before it has its place there. */
export type Fact = { subject: string; event: Envelope };

const DAY = Date.UTC(2026, 0, 1);
/** The time of what stands at this place in the log. */
export const timeOf = (seq: number): string => new Date(DAY + seq * 1_000).toISOString();

/** A tool's definition as a server gives it. */
export const definition = (description: string, name = 'read_file'): Definition => ({ name, description });

/** The data of `aegis.tool.seen.v1` of this definition. */
export const dataOf = (of: Definition, more: Partial<Seen> = {}): Seen => ({
  server: 'files',
  tool: String(of['name']),
  digest: definitionDigest(of),
  definition: of,
  ...more,
});

export function saw(of: Definition, more: Partial<Seen> = {}): Fact {
  const data = dataOf(of, more);
  const made = { source: 'mcp', time: timeOf(0), data };
  return { subject: toolLog(data.server), event: createEvent({ type: 'aegis.tool.seen.v1', ...made }) };
}

export function changed(of: Definition, level: 'major' | 'minor' = 'major'): Fact {
  const data = { ...dataOf(of), level };
  const made = { source: 'mcp', time: timeOf(0), data };
  return { subject: toolLog(data.server), event: createEvent({ type: 'aegis.tool.changed.v1', ...made }) };
}

export function accepted({ server, tool, digest }: Pick<Seen, 'server' | 'tool' | 'digest'>): Fact {
  const data = { server, tool, digest, accepted_by: 'ann' };
  const made = { source: 'approvals', time: timeOf(0), data };
  return {
    subject: toolAcceptedLog(server),
    event: createEvent({ type: 'aegis.tool.accepted.v1', ...made }),
  };
}

/** Folds these facts as the log holds them: as JSON, each at its place from 1 on. */
export function foldOf(facts: readonly Fact[], keepsDefinitions = true): ToolFold {
  const fold = createToolFold({ keepsDefinitions });
  for (const [at, { subject, event }] of facts.entries()) {
    const stored = JSON.parse(JSON.stringify({ ...event, time: timeOf(at + 1) })) as Envelope;
    fold.apply({ seq: at + 1, subject, event: stored });
  }
  return fold;
}
