import type { Bus } from '@aegis/bus';
import type { Logger } from '@aegis/kit/logger';
import { type Kind, type LiveEvent, LOGGED_SUBJECTS, toLiveEvent } from './live-event.ts';
import { mergeBySeq } from './merge.ts';

const LEFT_OUT = 'a message of the log is no event of its subject and is left out of the stream';

export type Source = { readonly range: Bus['range']; readonly log: Pick<Logger, 'warn'> };

async function* readKind(
  { range, log }: Source,
  kind: Kind,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> {
  for await (const stored of range.read(LOGGED_SUBJECTS[kind], afterSeq, toSeq)) {
    const event = toLiveEvent(stored, kind);
    if (event) yield event;
    else log.warn({ kind, seq: stored.seq, subject: stored.subject }, LEFT_OUT);
  }
}

/** The stored events of these kinds after `afterSeq` up to `toSeq`, in the log's one order. */
export const readLog = (
  source: Source,
  kinds: readonly Kind[],
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> =>
  mergeBySeq(kinds.map((kind) => readKind(source, kind, afterSeq, toSeq)));
