import { deniedByGuess } from '@aegis/contracts/approval-words';
import type { Approval } from '@aegis/contracts/approvals';
import type { AuditLine } from '@aegis/contracts/audit';
import type { TimelineEntry } from '@aegis/contracts/console';

type Entry = TimelineEntry;

const ENDS = {
  'aegis.call.succeeded.v1': 'succeeded',
  'aegis.call.failed.v1': 'failed',
  'aegis.call.outcome_unknown.v1': 'outcome_unknown',
} as const;
const REFUSED = 'aegis.approval.code_refused.v1';

const note = (text: string | null | undefined): { note?: string } => (text ? { note: text } : {});

/** How the approval came to where it is. */
function ofApproval(approval: Approval, refused: readonly Entry[]): Entry[] {
  const requested: Entry = { at: approval.requested_at, what: 'requested', by: approval.call.principal };
  // The last yes of several is the one that approved: its own entry says so.
  const { decided_by } = 'use_by' in approval ? approval : { decided_by: undefined };
  const earlier = (approval.endorsements ?? []).filter(({ by }) => by !== decided_by);
  const endorsed = earlier.map(
    ({ at, by, reason }): Entry => ({
      at,
      what: 'endorsed',
      by,
      ...note(withCode(redeemedAt(approval, at, by), reason)),
    }),
  );
  const before = [...endorsed, ...codes(approval), ...refused].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
  return [requested, ...before, ...ending(approval)];
}

/** When the code was drawn by which this person said yes just then, if so. */
const redeemedAt = ({ former_codes = [] }: Approval, at: string, by: string): string | undefined =>
  former_codes.find((one) => one.dropped_because === undefined && one.ended_at === at && one.drawn_by === by)
    ?.drawn_at;

const withCode = (drawnAt: string | undefined, why: string | undefined): string =>
  [drawnAt && `by a code that was drawn at ${drawnAt}`, why].filter(Boolean).join(': ');

/** Each yes that waited to be spoken, and why it waits no more where nobody spoke it. */
function codes(approval: Approval): Entry[] {
  const { former_codes = [] } = approval;
  const waits = approval.status === 'pending' && approval.code ? [approval.code] : [];
  const drawn = [...former_codes, ...waits].map(
    (one): Entry => ({ at: one.drawn_at, what: 'code_drawn', by: one.drawn_by, note: `until ${one.until}` }),
  );
  const dropped = former_codes.flatMap(({ ended_at, until, drawn_by, dropped_because }): Entry[] =>
    dropped_because === undefined || ended_at > until
      ? []
      : [{ at: ended_at, what: 'code_dropped', note: `the code of ${drawn_by}, because ${dropped_because}` }],
  );
  return [...drawn, ...dropped];
}

function ending(approval: Approval): Entry[] {
  switch (approval.status) {
    case 'pending':
      return [];
    case 'denied':
      return [
        {
          at: approval.decided_at,
          what: 'denied',
          ...(deniedByGuess(approval) === undefined ? { by: approval.decided_by } : {}),
          ...note(approval.denied_because),
        },
      ];
    case 'expired':
      return [{ at: approval.expired_at, what: 'expired' }];
    case 'cancelled':
      return [{ at: approval.cancelled_at, what: 'cancelled', ...note(approval.cancelled_because) }];
    case 'superseded':
      return [{ at: approval.superseded_at, what: 'superseded', ...note(approval.superseded_because) }];
    case 'approved':
      return [approved(approval)];
    case 'consumed':
      return [approved(approval), { at: approval.consumed_at, what: 'consumed' }];
  }
}

function approved(approval: Extract<Approval, { status: 'approved' | 'consumed' }>): Entry {
  const { grant_id, code_drawn_at: drawnAt, decision_reason: why } = approval;
  const word =
    grant_id === undefined
      ? withCode(drawnAt, why)
      : [`by grant ${grant_id}`, why].filter(Boolean).join(': ');
  return {
    at: approval.decided_at,
    what: 'approved',
    by: approval.decided_by,
    ...note(word),
  };
}

/** What became of the call itself, as the record has it. */
function ofRecord(line: AuditLine): Entry[] {
  if (line.type === 'aegis.decision.enforced.v1') {
    return line.ok === true && line.call_id !== undefined ? [{ at: line.ts, what: 'dispatched' }] : [];
  }
  const what = line.type in ENDS ? ENDS[line.type as keyof typeof ENDS] : undefined;
  return what === undefined ? [] : [{ at: line.ts, what, ...note(line.note) }];
}

/** Everything that happened to a call that a person was asked about, in order. */
export function timelineOf(approval: Approval, record: readonly AuditLine[]): Entry[] {
  const lines = record.toSorted((a, b) => a.seq - b.seq);
  const refused = lines
    .filter(({ type }) => type === REFUSED)
    .map(({ ts: at }): Entry => ({ at, what: 'code_refused', by: approval.call.principal }));
  return [...ofApproval(approval, refused), ...lines.flatMap(ofRecord)];
}
