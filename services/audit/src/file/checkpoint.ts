import { parseJson } from '@aegis/kit/json';

/** What the last line of a file says: up to where the log has been written. */
export type Checkpoint = { seq: number; eventId: string };

/** The checkpoint in a line, or undefined where it is no whole line of ours. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  try {
    const line: unknown = parseJson(text);
    if (typeof line !== 'object' || line === null || !('seq' in line) || !('event_id' in line))
      return undefined;
    const { seq, event_id: eventId } = line;
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return undefined;
    return typeof eventId === 'string' ? { seq, eventId } : undefined;
  } catch {
    return undefined;
  }
}
