import { type Approval, asRuled } from '@aegis/contracts/approvals';
import { type Flat, type Flatten, joined } from './flat.ts';

const OK_BY_STATUS = {
  pending: null,
  approved: true,
  denied: false,
  expired: false,
  cancelled: false,
  superseded: false,
  consumed: true,
} as const;

/** What a person said why, behind what they did. */
const said = (what: string, reason: string | undefined): string =>
  reason === undefined || reason === '' ? what : `${what}: ${reason}`;

/** `denied_because` may be the person's own words already. */
const denied = ({ decided_by, denied_because, decision_reason }: Extract<Approval, { status: 'denied' }>) =>
  `denied by ${decided_by}: ${decision_reason === denied_because ? denied_because : said(denied_because, decision_reason)}`;

/** Everybody whose yes it took; where it was a grant's, whose grant that is. */
function approved(approval: Extract<Approval, { status: 'approved' }>): string {
  const { decided_by, decision_reason, grant_id, endorsements = [] } = approval;
  if (grant_id !== undefined) return said(`approved by grant ${grant_id} of ${decided_by}`, decision_reason);
  const names = endorsements.length > 1 ? endorsements.map(({ by }) => by).join(' and ') : decided_by;
  return said(`approved by ${names}`, decision_reason);
}

const NOTE: { [S in Approval['status']]: (approval: Extract<Approval, { status: S }>) => string | null } = {
  pending: ({ reasons }) => joined(reasons),
  approved,
  denied,
  expired: ({ expired_at }) => `expired at ${expired_at}`,
  cancelled: ({ cancelled_because }) => `cancelled: ${cancelled_because}`,
  superseded: ({ superseded_because }) => `superseded: ${superseded_because}`,
  consumed: ({ decision_id }) => `used by decision ${decision_id}`,
};

function noteOf(approval: Approval): string | null {
  const note = NOTE[approval.status] as (approval: Approval) => string | null;
  return note(approval);
}

const changed =
  (action: string, toNote: (approval: Approval) => string | null = noteOf) =>
  ({ approval }: { approval: Approval }): Flat => ({
    action,
    ok: OK_BY_STATUS[approval.status],
    tool: approval.call.tool,
    op: asRuled(approval).op,
    amount_cents: asRuled(approval).amount_cents,
    status: approval.status,
    note: toNote(approval),
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
  return said(`approved by ${last.by} (${endorsements.length} of ${terms?.quorum ?? 1})`, last.reason);
}

/** What became of an approval; `ok` is null as long as nobody has decided. */
export const FLATTEN_APPROVALS: Flatten<
  | 'aegis.approval.requested.v1'
  | 'aegis.approval.endorsed.v1'
  | 'aegis.approval.approved.v1'
  | 'aegis.approval.denied.v1'
  | 'aegis.approval.expired.v1'
  | 'aegis.approval.cancelled.v1'
  | 'aegis.approval.superseded.v1'
  | 'aegis.approval.consumed.v1'
> = {
  'aegis.approval.requested.v1': changed('approval.requested'),
  'aegis.approval.endorsed.v1': changed('approval.endorsed', endorsed),
  'aegis.approval.approved.v1': changed('approval.approved'),
  'aegis.approval.denied.v1': changed('approval.denied'),
  'aegis.approval.expired.v1': changed('approval.expired'),
  'aegis.approval.cancelled.v1': changed('approval.cancelled'),
  'aegis.approval.superseded.v1': changed('approval.superseded'),
  'aegis.approval.consumed.v1': changed('approval.consumed'),
};
