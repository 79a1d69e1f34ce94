import { readEnvelope } from '@aegis/bus';
import { APPROVAL_EVENTS } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { APPROVALS_LOG, DECISIONS_LOG, EVENTS } from '@aegis/contracts/subjects';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { parseJson } from '@aegis/kit/json';
import { withoutValues } from '../http/arguments.ts';

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

/** Whose call an event is about, and who decides it. */
type About = { readonly call: { readonly principal: string }; readonly terms?: ApprovalTerms | undefined };

/**
 * A stored event, ready to be sent: `frame` is its Server-Sent Event, `masked` the same without values of arguments,
 * `approvalId` the approval that it is about.
 */
export type LiveEvent = {
  readonly seq: number;
  readonly kind: Kind;
  readonly frame: string;
  readonly masked: () => string;
  readonly about: About;
  readonly approvalId?: string | undefined;
};

/**
 * What a reader asked for: kinds, and of these, where there is one, what is about one approval, or about one caller's calls;
 * and of which calls they may read the arguments.
 */
export type Wanted = {
  readonly kinds: readonly Kind[];
  readonly approvalId?: string | undefined;
  readonly principal?: string | undefined;
  readonly reads: (about: About) => boolean;
};

export const isWanted = ({ kinds, approvalId, principal }: Wanted, event: LiveEvent): boolean =>
  kinds.includes(event.kind) &&
  (approvalId === undefined || event.approvalId === approvalId) &&
  (principal === undefined || event.about.call.principal === principal);

/** An event as its reader may see it. */
export const frameFor = ({ reads }: Wanted, { about, frame, masked }: LiveEvent): string =>
  reads(about) ? frame : masked();

/**
 * A stored event as a Server-Sent Event (https://html.spec.whatwg.org/multipage/server-sent-events.html): `id` is its
 * place in the log, `event` its type, `data` the CloudEvent on one line. Undefined where the text is no event of the
 * subject that it is stored on.
 */
export function toLiveEvent({ seq, subject, text }: StoredText, kind: Kind): LiveEvent | undefined {
  const event = readEnvelope(text);
  if (event === undefined) return undefined;
  const frameOf = (line: string): string => `id: ${seq}\nevent: ${event.type}\ndata: ${line}\n\n`;
  const frame = frameOf(/[\r\n]/.test(text) ? JSON.stringify(parseJson(text)) : text);
  if (kind === 'decision') {
    // A decision has digests of arguments, and no arguments.
    const about = readEvent({ subject, event }, 'aegis.decision.enforced.v1')?.data;
    return about && { seq, kind, frame, masked: () => frame, about, approvalId: about.approval_id };
  }
  const data = readEvent({ subject, event }, ...APPROVAL_EVENTS)?.data;
  if (data === undefined) return undefined;
  const about = data.approval;
  let masked: string | undefined;
  const mask = (): string => {
    const approval = { ...about, call: withoutValues(about.call) };
    return frameOf(JSON.stringify({ ...event, data: { ...data, approval } }));
  };
  return { seq, kind, frame, masked: () => (masked ??= mask()), about, approvalId: about.approval_id };
}
