import { type Approval, ApprovalChanged, asRuled } from '../approvals.ts';
import { approvalLog } from '../subjects.ts';
import { because, type Channel, event, type Flat, joined } from './event.ts';

const APPROVALS: Channel<ApprovalChanged> = {
  id: 'approvals',
  title: 'Approvals',
  about:
    'An approval goes `pending → approved → consumed`, or ends as `denied`, `expired`, `cancelled` or `superseded`. Each event carries ' +
    'the whole state after it, so the newest one is the approval.',
  subject: approvalLog,
  parameter: {
    description: 'The approval, such as `apr_pbjrjziqfbawmmiwbrtpy3lmom`.',
    of: ({ approval }) => approval.approval_id,
  },
};

/** `ok` is null as long as nobody has decided. */
const OK_BY_STATUS = {
  pending: null,
  approved: true,
  denied: false,
  expired: false,
  cancelled: false,
  superseded: false,
  consumed: true,
} as const;

/** `denied_because` may be the person's own words already. */
const denied = ({ decided_by, denied_because, decision_reason }: Extract<Approval, { status: 'denied' }>) =>
  `denied by ${decided_by}: ${decision_reason === denied_because ? denied_because : because(denied_because, decision_reason)}`;

/** Everybody whose yes it took; where it was a grant's, whose grant that is. */
function approved(approval: Extract<Approval, { status: 'approved' }>): string {
  const { decided_by, decision_reason, grant_id, endorsements = [] } = approval;
  if (grant_id !== undefined)
    return because(`approved by grant ${grant_id} of ${decided_by}`, decision_reason);
  const names = endorsements.length > 1 ? endorsements.map(({ by }) => by).join(' and ') : decided_by;
  return because(`approved by ${names}`, decision_reason);
}

function noteOf(approval: Approval): string | null {
  switch (approval.status) {
    case 'pending':
      return joined(approval.reasons);
    case 'approved':
      return approved(approval);
    case 'denied':
      return denied(approval);
    case 'expired':
      return `expired at ${approval.expired_at}`;
    case 'cancelled':
      return `cancelled: ${approval.cancelled_because}`;
    case 'superseded':
      return `superseded: ${approval.superseded_because}`;
    case 'consumed':
      return `used by decision ${approval.decision_id}`;
  }
}

const audit = ({ approval }: ApprovalChanged): Flat => ({
  ok: OK_BY_STATUS[approval.status],
  tool: approval.call.tool,
  op: asRuled(approval).op,
  amount_cents: asRuled(approval).amount_cents,
  status: approval.status,
  note: noteOf(approval),
  trace_id: approval.trace_id,
  dry_run_id: approval.dry_run_id,
  approval_id: approval.approval_id,
  principal: approval.call.principal,
  policy_digest: approval.policy_digest,
  server: approval.call.server,
});

/** One yes of several: whose the newest is, and how many are still to come. */
function endorsed({ endorsements = [], terms }: Approval): string | null {
  const last = endorsements.at(-1);
  if (last === undefined) return null;
  return because(`approved by ${last.by} (${endorsements.length} of ${terms?.quorum ?? 1})`, last.reason);
}

const changed = (sentence: string) => event({ schema: ApprovalChanged, channel: APPROVALS, sentence, audit });

/** What happens to an approval, each with the whole state after it. */
export const APPROVAL_DEFINITIONS = {
  'aegis.approval.requested.v1': changed('A call waits for a person.'),
  'aegis.approval.endorsed.v1': {
    ...changed(
      'One person of several said yes. The call still waits, for as many more as its rule asks for.',
    ),
    audit: (data: ApprovalChanged) => ({ ...audit(data), note: endorsed(data.approval) }),
  },
  'aegis.approval.approved.v1': changed(
    'The call is approved, for one run: by a person, by as many as its rule asks for, or by a grant.',
  ),
  'aegis.approval.denied.v1': changed('A person denied the call, or gave a wrong code. It stays denied.'),
  'aegis.approval.expired.v1': changed('Nobody decided in time, or nobody used it in time.'),
  'aegis.approval.cancelled.v1': changed(
    'Whoever asked took the question back: its client cancelled the call, or went away. It allows nothing any more.',
  ),
  'aegis.approval.superseded.v1': changed(
    "The policy or the tool's definition changed under it. The same call asked again is a new question.",
  ),
  'aegis.approval.consumed.v1': changed(
    'The approval is used up. Its decision is stored in the same atomic batch, right after it.',
  ),
};
