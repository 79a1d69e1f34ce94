import { approval, problem } from './examples.ts';

export const standing = {
  ...problem,
  type: 'urn:aegis:error:already_decided',
  title: 'It is decided already',
  status: 409,
  code: 'already_decided',
  detail: 'ada denied it at 2026-01-05T09:31:00.000Z.',
  approval: {
    ...approval,
    status: 'denied',
    decided_at: '2026-01-05T09:31:00.000Z',
    decided_by: 'ada',
    decision_reason: 'This customer was refunded yesterday.',
    denied_because: 'an approver denied it',
  },
};

const pattern = {
  tool: 'refunds.create',
  op: 'refund',
  max_amount_cents: 15_000,
  args: { charge: { starts_with: 'ch_' } },
};

export const giveGrant = {
  approval_id: approval.approval_id,
  minutes: 30,
  pattern,
  reason: 'A batch of returns.',
};

export const grant = {
  grant_id: 'gra_k3v7q2m5x6a4b7c2d3e5f6g7h2',
  principal: 'anonymous',
  pattern,
  approval_id: approval.approval_id,
  granted_by: 'ada',
  granted_at: '2026-01-05T09:31:00.000Z',
  reason: 'A batch of returns.',
  expires_at: '2026-01-05T10:01:00.000Z',
  uses: 0,
};

export const webhook = {
  webhook_id: 'on-call',
  target: {
    type: 'standard',
    url: 'https://hooks.example.com/aegis',
    events: ['approval.requested', 'approval.expired'],
  },
};

export const webhookSaved = { webhook, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

export const delivery = {
  webhook_id: 'on-call',
  message_id: 'msg_2b9c7f3e',
  event: 'webhook.test',
  attempt: 1,
  at: '2026-01-05T09:30:00.000Z',
  duration_ms: 84,
  ok: true,
  status: 204,
};
