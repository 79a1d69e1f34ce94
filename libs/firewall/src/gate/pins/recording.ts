import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { newTraceId } from '@aegis/kit/trace';
import { changeLevel, type Definition, isRecordable, type ToolFold } from '@aegis/replicas/tools';
import type { Listed } from './listed.ts';

/**
 * Definitions of one tool that nobody accepts, and tools of one server, that are recorded; what comes beyond is never
 * trusted.
 */
const MAX_CHANGES = 100;
const MAX_TOOLS = 10_000;
const MAX_NAME = 1_000;
const MAX_DEFINITION_BYTES = 262_144;
const MAX_SUBJECT = 200;

/** In bytes of its JSON text. */
export const sizeOf = (definition: Definition): number => Buffer.byteLength(JSON.stringify(definition));

/** Why a definition that is not on record will not be: then nobody can accept it. Undefined where it may be written. */
export function whyNever(
  tools: ToolFold,
  server: string,
  { tool, digest, definition }: Listed,
): string | undefined {
  if (tool === '' || tool.length > MAX_NAME) return `its name is not of 1 to ${MAX_NAME} characters`;
  const known = tools.get(server, tool);
  if (known && known.changes >= MAX_CHANGES) {
    return `it has changed ${MAX_CHANGES} times since somebody accepted one of its definitions`;
  }
  if (!known && tools.sizeOf(server) >= MAX_TOOLS)
    return `more than ${MAX_TOOLS} tools of its server are on record`;
  if (sizeOf(definition) > MAX_DEFINITION_BYTES)
    return `its definition is larger than ${MAX_DEFINITION_BYTES} bytes`;
  return isRecordable(definition, digest) ? undefined : 'its definition can not be shown as what it is';
}

/** What is written about a definition that is not on record: the first of its tool, or a change. */
export function eventOf(
  tools: ToolFold,
  server: string,
  { tool, digest, definition }: Listed,
  now: Date,
): Envelope {
  const known = tools.get(server, tool);
  const about = { server, tool, digest, definition };
  const made = {
    source: 'mcp',
    subject: tool.slice(0, MAX_SUBJECT),
    time: now.toISOString(),
    traceId: newTraceId(),
  };
  if (known) {
    const level = changeLevel(known, definition);
    return createEvent({ ...made, type: 'aegis.tool.changed.v1', data: { ...about, level } });
  }
  const data = { ...about, looks_like: tools.lookAlikeOf(server, tool) };
  return createEvent({ ...made, type: 'aegis.tool.seen.v1', data });
}
