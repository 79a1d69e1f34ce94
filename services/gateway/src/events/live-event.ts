import { readEnvelope } from '@aegis/bus';
import { readEvent } from '@aegis/contracts/read-event';
import { APPROVALS_LOG, approvalLog, DECISIONS_LOG, EVENTS } from '@aegis/contracts/subjects';
import { parseJson } from '@aegis/kit/json';

export const KINDS = ['decision', 'approval'] as const;
export type Kind = (typeof KINDS)[number];

/** Where each kind is seen as it is stored. */
export const LIVE_SUBJECTS: Readonly<Record<Kind, string>> = {
  decision: `${EVENTS}.decision.enforce.>`,
  approval: `${EVENTS}.approval.>`,
};

/** Where each kind is kept. */
export const LOGGED_SUBJECTS: Readonly<Record<Kind, string>> = {
  decision: DECISIONS_LOG,
  approval: APPROVALS_LOG,
};

/** A message of the log as it is stored. */
export type StoredText = { seq: number; subject: string; text: string };

/** A stored event, ready to be sent: `frame` is its Server-Sent Event, `approvalId` the approval that it is about. */
export type LiveEvent = { seq: number; kind: Kind; frame: string; approvalId?: string | undefined };

/** What a reader asked for: kinds, and of these, where there is one, what is about one approval. */
export type Wanted = { readonly kinds: readonly Kind[]; readonly approvalId?: string | undefined };

export const isWanted = ({ kinds, approvalId }: Wanted, event: LiveEvent): boolean =>
  kinds.includes(event.kind) && (approvalId === undefined || event.approvalId === approvalId);

/** An approval's events stand on its subject; a decision says which one it waits for, or was made by. */
function approvalOf(subject: string, data: object): string | undefined {
  const named = 'approval_id' in data ? data.approval_id : undefined;
  return approvalLog.parameterIn(subject) ?? (typeof named === 'string' ? named : undefined);
}

/**
 * A stored event as a Server-Sent Event (https://html.spec.whatwg.org/multipage/server-sent-events.html): `id` is its
 * place in the log, `event` its type, `data` the CloudEvent on one line. Undefined where the text is no event of the
 * subject that it is stored on.
 */
export function toLiveEvent({ seq, subject, text }: StoredText, kind: Kind): LiveEvent | undefined {
  const event = readEnvelope(text);
  const read = event === undefined ? undefined : readEvent({ subject, event });
  if (event === undefined || read === undefined) return undefined;
  const line = /[\r\n]/.test(text) ? JSON.stringify(parseJson(text)) : text;
  const frame = `id: ${seq}\nevent: ${event.type}\ndata: ${line}\n\n`;
  return { seq, kind, frame, approvalId: approvalOf(subject, read.data) };
}
