import type { Approval } from '@aegis/contracts/approvals';
import { expect, it } from 'vitest';
import { ApprovalItem, toApprovalItem } from './approval-item.ts';

const consumed: Extract<Approval, { status: 'consumed' }> = {
  status: 'consumed',
  approval_id: `apr_${'a'.repeat(26)}`,
  dry_run_id: 'run-1',
  generation: 1,
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  call: {
    tool: 'refunds.create',
    op: 'refund',
    amount_cents: 5,
    args: { status: 'x' },
    principal: 'anonymous',
  },
  call_digest: `sha256:${'0'.repeat(64)}`,
  reasons: ['too much'],
  requested_at: '2026-01-05T09:30:00.000Z',
  decide_by: '2026-01-05T10:30:00.000Z',
  decided_at: '2026-01-05T09:31:00.000Z',
  decided_by: 'code',
  use_by: '2026-01-05T09:36:00.000Z',
  consumed_at: '2026-01-05T09:32:00.000Z',
  decision_id: 'd1',
};

it('an approval is one flat object: the call beside the decision, ts when it was requested', () => {
  const item = toApprovalItem(consumed);
  expect(ApprovalItem.parse(item)).toEqual(item);
  expect(item).toMatchObject({
    status: 'consumed',
    ts: '2026-01-05T09:30:00.000Z',
    tool: 'refunds.create',
    op: 'refund',
    amount_cents: 5,
    args: { status: 'x' },
    principal: 'anonymous',
    decided_by: 'code',
    consumed_at: '2026-01-05T09:32:00.000Z',
  });
  expect(item).not.toHaveProperty('call');
});

it('a cancelled one says when and why', () => {
  const {
    decided_at: _at,
    decided_by: _by,
    use_by: _use,
    consumed_at: _c,
    decision_id: _d,
    ...asked
  } = consumed;
  const cancelled = { cancelled_at: '2026-01-05T09:32:00.000Z', cancelled_because: 'the agent gave up' };
  const item = toApprovalItem({ ...asked, status: 'cancelled', ...cancelled });
  expect(ApprovalItem.parse(item)).toMatchObject({ status: 'cancelled', ...cancelled });
});

it('one whose code waits says whose it is and until when, and has nothing of the code', () => {
  const { decided_at: _at, decided_by, use_by: _use, consumed_at: _c, decision_id: _d, ...asked } = consumed;
  const code = { drawn_by: decided_by, drawn_at: asked.requested_at, until: asked.decide_by };
  const item = toApprovalItem({ ...asked, status: 'pending', code: { ...code, digest: 'scrypt:x' } });
  expect(ApprovalItem.parse(item)).toMatchObject({ status: 'pending', code });
  expect(JSON.stringify(item)).not.toContain('scrypt');
});
