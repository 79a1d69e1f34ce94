import type { Approval } from '@aegis/contracts/approvals';
import type { AuditLine } from '@aegis/contracts/audit';
import type { TimelineEntry } from '@aegis/contracts/console';

type Entry = TimelineEntry;

const ENDS = {
  'aegis.call.succeeded.v1': 'succeeded',
  'aegis.call.failed.v1': 'failed',
  'aegis.call.outcome_unknown.v1': 'outcome_unknown',
} as const;

const note = (text: string | null | undefined): { note?: string } => (text ? { note: text } : {});

/** How the approval came to where it is. */
function ofApproval(approval: Approval): Entry[] {
  const requested: Entry = { at: approval.requested_at, what: 'requested', by: approval.call.principal };
  // The last yes of several is the one that approved: its own entry says so.
  const { decided_by } = 'use_by' in approval ? approval : { decided_by: undefined };
  const earlier = (approval.endorsements ?? []).filter(({ by }) => by !== decided_by);
  const endorsed = earlier.map(
    ({ at, by, reason }): Entry => ({ at, what: 'endorsed', by, ...note(reason) }),
  );
  return [requested, ...endorsed, ...ending(approval)];
}

function ending(approval: Approval): Entry[] {
  switch (approval.status) {
    case 'pending':
      return drawn(approval);
    case 'denied':
      return [
        {
          at: approval.decided_at,
          what: 'denied',
          by: approval.decided_by,
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

/** A yes that waits to be spoken. */
function drawn({ code }: Extract<Approval, { status: 'pending' }>): Entry[] {
  if (code === undefined) return [];
  return [{ at: code.drawn_at, what: 'code_drawn', by: code.drawn_by, note: `until ${code.until}` }];
}

function approved(approval: Extract<Approval, { status: 'approved' | 'consumed' }>): Entry {
  const { grant_id, code_drawn_at: drawnAt, decision_reason: why } = approval;
  const by =
    grant_id === undefined ? drawnAt && `by a code that was drawn at ${drawnAt}` : `by grant ${grant_id}`;
  return {
    at: approval.decided_at,
    what: 'approved',
    by: approval.decided_by,
    ...note([by, why].filter(Boolean).join(': ')),
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
  return [...ofApproval(approval), ...lines.flatMap(ofRecord)];
}
