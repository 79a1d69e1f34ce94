import { COMMA, OPEN_ARRAY, OPEN_OBJECT } from './json-text.ts';

const PARTS_MS = 0.01;
const KIB_MS = 1;
/** What is smaller than this is nothing that anybody waits for. */
const LIGHT_MS = 16;

/**
 * How long whoever sends or asks for so many bytes, in so many parts, has to leave the event loop to others after it, in
 * milliseconds; 0 where it is little. Reading JSON costs by its values and members, and some hundredths of this.
 */
export function restFor(bytes: number, parts = 0): number {
  const ms = (bytes / 1024) * KIB_MS + parts * PARTS_MS;
  return ms < LIGHT_MS ? 0 : ms;
}

/** About how many values and members a JSON text has, without reading it: commas and brackets in texts count too. */
export function partsOf(json: Uint8Array): number {
  let parts = 0;
  for (const byte of json) if (byte === COMMA || byte === OPEN_ARRAY || byte === OPEN_OBJECT) parts += 1;
  return parts;
}
