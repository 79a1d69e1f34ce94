import type { Bus } from '@aegis/bus';
import { type Kind, type LiveEvent, LOGGED_SUBJECTS, toLiveEvent } from './live-event.ts';
import { mergeBySeq } from './merge.ts';

async function* readKind(
  range: Bus['range'],
  kind: Kind,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> {
  for await (const { seq, text } of range.read(LOGGED_SUBJECTS[kind], afterSeq, toSeq)) {
    const event = toLiveEvent(seq, kind, text);
    if (event) yield event;
  }
}

/** The stored events of these kinds after `afterSeq` up to `toSeq`, in the log's one order. */
export const readLog = (
  range: Bus['range'],
  kinds: readonly Kind[],
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> => mergeBySeq(kinds.map((kind) => readKind(range, kind, afterSeq, toSeq)));
