import { z } from 'zod';
import { ApprovalId } from '../approvals.ts';
import { CallPattern, StoredGrant } from '../grants.ts';
import { grantLog } from '../subjects.ts';
import { because, type Channel, event, type Flat, sameWords } from './event.ts';

const GrantChanged = z.strictObject({
  grant: StoredGrant.describe('the grant, folded: its whole state after this event'),
  approval_id: ApprovalId.optional().describe('the approval that it gave, on `used`'),
});
type GrantChanged = z.infer<typeof GrantChanged>;

const GRANTS: Channel<GrantChanged> = {
  id: 'grants',
  title: 'Grants',
  about:
    'An approver may let calls like one run for a while without being asked each time. A rule that denies still wins, and each use ' +
    'makes an approval of its own. Each event carries the whole state after it.',
  subject: grantLog,
  parameter: {
    description: 'The grant, such as `gra_y7h5ouf4g2pd3geca2nc3fuqlo`.',
    of: ({ grant }) => grant.grant_id,
  },
};

/** Without the values that its pattern has for arguments: the audit file has no arguments. */
const line = ({ grant: { pattern, principal, approval_id } }: GrantChanged): Flat => ({
  ...sameWords(CallPattern.shape, pattern),
  ok: true,
  approval_id,
  principal,
});

const upTo = ({ pattern: { max_amount_cents: most } }: StoredGrant): string =>
  most === undefined ? '' : ` up to ${most} cents`;

function given(grant: StoredGrant): string {
  const { grant_id, granted_by, expires_at, reason } = grant;
  return because(`grant ${grant_id} given by ${granted_by} until ${expires_at}${upTo(grant)}`, reason);
}

const used = ({ grant_id, granted_by, uses }: StoredGrant): string =>
  `grant ${grant_id} of ${granted_by} used ${uses === 1 ? 'once' : `${uses} times`} so far`;

const revoked = ({ grant_id, revoked_by = 'nobody', revoked_because }: StoredGrant): string =>
  because(`grant ${grant_id} revoked by ${revoked_by}`, revoked_because);

/** What happens to a grant, each with the whole state after it. */
export const GRANT_DEFINITIONS = {
  'aegis.grant.given.v1': event({
    schema: GrantChanged,
    channel: GRANTS,
    sentence: 'A person let calls like one run for a while without being asked.',
    audit: (data) => ({ ...line(data), note: given(data.grant) }),
  }),
  'aegis.grant.used.v1': event({
    schema: GrantChanged,
    channel: GRANTS,
    sentence: 'A grant approved a call. It is stored in the same atomic batch as that approval.',
    audit: (data) => ({ ...line(data), approval_id: data.approval_id, note: used(data.grant) }),
  }),
  'aegis.grant.revoked.v1': event({
    schema: GrantChanged,
    channel: GRANTS,
    sentence: 'A person, or an edit of the policy, ended a grant. No use of it comes after this.',
    audit: (data) => ({ ...line(data), ok: null, note: revoked(data.grant) }),
  }),
};
