import { randomBytes } from 'node:crypto';
import type { Approval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';

export const CANARY = 'only-for-people-who-are-signed-in';

export const newApprovalId = (): string =>
  `apr_${Array.from(randomBytes(26), (byte) => LETTERS[byte % LETTERS.length]).join('')}`;

/** A pending approval whose arguments and reason have {@link CANARY} in them. */
export function pending(more: Partial<Approval['call']> = {}): Approval & { status: 'pending' } {
  const at = new Date();
  return {
    status: 'pending',
    approval_id: newApprovalId(),
    dry_run_id: 'run-1',
    generation: 1,
    trace_id: '0123456789abcdef0123456789abcdef',
    call: {
      tool: 'refunds.create',
      server: 'pay',
      principal: 'key:billing',
      args: { note: CANARY },
      ...more,
    },
    call_digest: DIGEST,
    reasons: [CANARY],
    reason: CANARY,
    requested_at: at.toISOString(),
    decide_by: new Date(at.getTime() + 3_600_000).toISOString(),
  };
}

export const requested = (approval: Approval = pending()): Envelope =>
  createEvent({
    type: 'aegis.approval.requested.v1',
    source: 'approvals',
    time: new Date().toISOString(),
    data: { approval },
  });

export function denied(approval: Approval & { status: 'pending' }): Envelope {
  const time = new Date().toISOString();
  const data = {
    approval: {
      ...approval,
      status: 'denied' as const,
      decided_at: time,
      decided_by: 'ana',
      decision_reason: CANARY,
      denied_because: CANARY,
    },
  };
  return createEvent({ type: 'aegis.approval.denied.v1', source: 'approvals', time, data });
}
