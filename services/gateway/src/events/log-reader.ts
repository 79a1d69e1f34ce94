import type { Bus } from '@aegis/bus';
import { approvalLog } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { type Kind, type LiveEvent, LOGGED_SUBJECTS, toLiveEvent, type Wanted } from './live-event.ts';
import { mergeBySeq } from './merge.ts';

const LEFT_OUT = 'a message of the log is no event of its subject and is left out of the stream';

export type Source = { readonly range: Bus['range']; readonly log: Pick<Logger, 'warn'> };

async function* readKind(
  { range, log }: Source,
  kind: Kind,
  subject: string,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> {
  for await (const stored of range.read(subject, afterSeq, toSeq)) {
    const event = toLiveEvent(stored, kind);
    if (event) yield event;
    else log.warn({ kind, seq: stored.seq, subject: stored.subject }, LEFT_OUT);
  }
}

/** Where an approval's own events are, nothing else has to be read. */
const subjectOf = (kind: Kind, approvalId: string | undefined): string =>
  kind === 'approval' && approvalId !== undefined ? approvalLog(approvalId) : LOGGED_SUBJECTS[kind];

/** The stored events of these kinds after `afterSeq` up to `toSeq`, in the log's one order; others' decisions among them. */
export const readLog = (
  source: Source,
  { kinds, approvalId }: Wanted,
  afterSeq: number,
  toSeq: number,
): AsyncGenerator<LiveEvent, void> =>
  mergeBySeq(kinds.map((kind) => readKind(source, kind, subjectOf(kind, approvalId), afterSeq, toSeq)));
