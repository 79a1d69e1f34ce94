import { parseJson } from '@aegis/kit/json';
import { z } from 'zod';

const Line = z.object({ seq: z.int().min(1), event_id: z.string() });

/** What the last line of a file says: up to where the log has been written. */
export type Checkpoint = { seq: number; eventId: string };

/** The checkpoint in a line, or undefined where it is no whole line of ours. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  try {
    const { seq, event_id: eventId } = Line.parse(parseJson(text));
    return { seq, eventId };
  } catch {
    return undefined;
  }
}
