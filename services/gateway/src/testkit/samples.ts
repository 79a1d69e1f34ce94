import type { Approval } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import type { CheckReply, EnforceReply } from '@aegis/contracts/decision';
import type { Envelope } from '@aegis/contracts/envelope';
import { newTraceId } from '@aegis/kit/trace';
import type { z } from 'zod';

export const DIGEST = `sha256:${'0'.repeat(64)}`;
export const APPROVAL_ID = `apr_${'a'.repeat(26)}`;
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

export const allowedCheck: z.infer<typeof CheckReply> = {
  decision: 'allow',
  allowed: true,
  approval_required: false,
  reasons: [],
  policy_digest: DIGEST,
  policy_version: 2,
};

export const enforceReply = (status: 'allowed' | 'pending' | 'blocked'): z.infer<typeof EnforceReply> => ({
  allowed: status === 'allowed',
  approval_required: status === 'pending',
  status,
  reasons: status === 'allowed' ? [] : ['because'],
  trace_id: TRACE_ID,
  ...(status === 'pending' ? { approval_id: APPROVAL_ID } : {}),
});

const asked = {
  approval_id: APPROVAL_ID,
  dry_run_id: 'run-1',
  generation: 1,
  trace_id: TRACE_ID,
  call: { tool: 'refunds.create', op: 'refund', amount_cents: 12_500, principal: 'anonymous' },
  call_digest: DIGEST,
  reasons: ['too much'],
  requested_at: '2026-01-05T09:30:00.000Z',
  decide_by: '2026-01-05T10:30:00.000Z',
};
const decided = { decided_at: '2026-01-05T09:31:00.000Z', decided_by: 'code' };

export const pending: Approval = { status: 'pending', ...asked };
export const approved: Approval = {
  status: 'approved',
  ...asked,
  ...decided,
  use_by: '2026-01-05T09:36:00.000Z',
};
export const denied: Approval = { status: 'denied', ...asked, ...decided, denied_because: 'wrong code' };

/** A decision as the enforcer stores it. */
export const decisionEvent = (tool = 'a.b'): Envelope =>
  createEvent({
    type: 'aegis.decision.enforced.v1',
    source: 'enforcer',
    time: new Date().toISOString(),
    traceId: newTraceId(),
    data: {
      call: { tool, principal: 'anonymous', call_digest: DIGEST },
      outcome: 'allowed',
      reasons: [],
      policy_digest: DIGEST,
      policy_version: 2,
      ruled_at: new Date().toISOString(),
      via: 'rest',
    },
  });

/** An approval's event as the approvals service stores it. */
export const approvalEvent = (): Envelope =>
  createEvent({
    type: 'aegis.approval.requested.v1',
    source: 'approvals',
    time: new Date().toISOString(),
    data: { approval: pending },
  });
