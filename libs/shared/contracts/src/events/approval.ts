import { guessed } from '../approval-words.ts';
import { Approval, ApprovalChanged, asRuled, type StoredApproval } from '../approvals.ts';
import { Call } from '../call.ts';
import { approvalLog } from '../subjects.ts';
import { because, type Channel, event, type Flat, joined, sameWords } from './event.ts';

const APPROVALS: Channel<ApprovalChanged> = {
  id: 'approvals',
  title: 'Approvals',
  about:
    'An approval goes `pending → approved → consumed`, or ends as `denied`, `expired`, `cancelled` or `superseded`. Each event carries ' +
    'the whole state after it, so the newest one is the approval. Once it is over, the same call asked again is a new question.',
  subject: approvalLog,
  parameter: {
    description: 'The approval, such as `apr_pbjrjziqfbawmmiwbrtpy3lmom`.',
    of: ({ approval }) => approval.approval_id,
  },
};

/** `denied_because` may be the person's own words already. Without `drawn_code_only` a line stays as releases wrote it. */
const denied = ({
  decided_by,
  denied_because,
  decision_reason,
  drawn_code_only,
}: Extract<StoredApproval, { status: 'denied' }>) =>
  drawn_code_only !== undefined
    ? guessed(denied_because, drawn_code_only)
    : `denied by ${decided_by}: ${decision_reason === denied_because ? denied_because : because(denied_because, decision_reason)}`;

/** Everybody whose yes it took; where it was a grant's, whose grant that is. */
function approved(approval: Extract<StoredApproval, { status: 'approved' }>): string {
  const { decided_by, decision_reason, grant_id, endorsements = [] } = approval;
  if (grant_id !== undefined)
    return because(`approved by grant ${grant_id} of ${decided_by}`, decision_reason);
  const names = endorsements.length > 1 ? endorsements.map(({ by }) => by).join(' and ') : decided_by;
  return because(`approved by ${names}`, decision_reason);
}

/** `ok` is null as long as nobody has decided. */
function stands(approval: StoredApproval): Pick<Flat, 'ok' | 'note'> {
  switch (approval.status) {
    case 'pending':
      return { ok: null, note: joined(approval.reasons) };
    case 'approved':
      return { ok: true, note: approved(approval) };
    case 'denied':
      return { ok: false, note: denied(approval) };
    case 'expired':
      return { ok: false, note: `expired at ${approval.expired_at}` };
    case 'cancelled':
      return { ok: false, note: `cancelled: ${approval.cancelled_because}` };
    case 'superseded':
      return { ok: false, note: `superseded: ${approval.superseded_because}` };
    case 'consumed':
      return { ok: true, note: `used by decision ${approval.decision_id}` };
  }
}

const audit = ({ approval }: ApprovalChanged): Flat => ({
  ...sameWords({ ...Call.shape, ...Approval.options[0].shape }, { ...approval, ...asRuled(approval) }),
  ...stands(approval),
});

/** One yes of several: whose the newest is, and how many are still to come. */
function endorsed({ endorsements = [], terms }: StoredApproval): string | null {
  const last = endorsements.at(-1);
  if (last === undefined) return null;
  return because(`approved by ${last.by} (${endorsements.length} of ${terms?.quorum ?? 1})`, last.reason);
}

const changed = (
  status: Approval['status'],
  sentence: string,
  line = audit,
  fits: (approval: StoredApproval) => boolean = () => true,
) =>
  event({
    schema: ApprovalChanged,
    channel: APPROVALS,
    sentence,
    fits: ({ approval }) => approval.status === status && fits(approval),
    audit: line,
  });

const drawn = (approval: StoredApproval): string | null => {
  const code = approval.status === 'pending' ? approval.code : undefined;
  return code ? because(`${code.drawn_by} drew a code for it, until ${code.until}`, code.reason) : null;
};

/** What happens to an approval, each with the whole state after it. */
export const APPROVAL_DEFINITIONS = {
  'aegis.approval.requested.v1': changed('pending', 'A call waits for a person.'),
  'aegis.approval.endorsed.v1': changed(
    'pending',
    'One person of several said yes. The call still waits, for as many more as its rule asks for.',
    (data) => ({ ...audit(data), note: endorsed(data.approval) }),
  ),
  'aegis.approval.code_drawn.v1': changed(
    'pending',
    'An approver drew a code: their yes to this one call, as soon as whoever asked redeems it.',
    (data) => ({ ...audit(data), note: drawn(data.approval) }),
    (approval) => 'code' in approval && approval.code !== undefined,
  ),
  'aegis.approval.code_refused.v1': changed(
    'pending',
    'Whoever asked gave a wrong code. With the third it is denied.',
    (data) => ({ ...audit(data), ok: false, note: 'a wrong code' }),
    (approval) => 'wrong_codes' in approval && approval.wrong_codes !== undefined,
  ),
  'aegis.approval.approved.v1': changed(
    'approved',
    'It is approved, for one run: by the people it takes, or by a grant.',
  ),
  'aegis.approval.denied.v1': changed(
    'denied',
    'A person denied the call, or gave a wrong code. It stays denied.',
  ),
  'aegis.approval.expired.v1': changed('expired', 'Nobody decided in time, or nobody used it in time.'),
  'aegis.approval.cancelled.v1': changed(
    'cancelled',
    'Whoever asked took it back, or went away. It allows nothing.',
  ),
  'aegis.approval.superseded.v1': changed(
    'superseded',
    'The policy or the tool changed under it. It allows nothing.',
  ),
  'aegis.approval.consumed.v1': changed(
    'consumed',
    'It is used up: its decision is stored in the same atomic batch.',
  ),
};
