import type { Approval } from '@aegis/contracts/approvals';
import type { EnforceReply } from '@aegis/contracts/decision';
import { expect, it } from 'vitest';
import { nextStep as afterEnforce } from './firewall-enforce.ts';
import { nextStep as afterAsking } from './require-approval.ts';

const reply: EnforceReply = {
  allowed: false,
  approval_required: true,
  status: 'pending',
  reasons: [],
  approval_id: 'apr_x',
  trace_id: '0'.repeat(32),
};

it('names the approval id as the key where a pending answer has no dry run id', () => {
  expect(afterEnforce(reply)).toBe(
    'Pending: do not make the call; ask a person to approve apr_x, then call firewall_enforce again with the same call ' +
      'and meta.run_key = "apr_x".',
  );
});

it('never says Allowed where the answer contradicts itself', () => {
  expect(afterEnforce({ ...reply, status: 'allowed' })).toMatch(/^Blocked/);
  expect(afterEnforce({ ...reply, allowed: true })).toMatch(/^Pending/);
});

const asked = {
  approval_id: 'apr_x',
  dry_run_id: 'd-1',
  decide_by: '2030-01-01T13:00:00Z',
  call: { tool: 'refunds.create', principal: 'me' },
};

it.each([
  [
    { status: 'approved' },
    'Approved: before you make the call, call firewall_enforce with the same call and meta.run_key = "d-1".',
  ],
  [
    { status: 'denied', denied_because: 'wrong code' },
    'Denied (wrong code): do not make this call, and tell the person who asked for it why.',
  ],
  [
    { status: 'expired' },
    'No longer open (expired): nobody decided, or nobody used it, in time; do not make the call, and ask anew if it is still wanted.',
  ],
  [
    { status: 'superseded', superseded_because: 'its grant was revoked' },
    'No longer open (superseded): its grant was revoked; do not make the call, and ask anew if it is still wanted.',
  ],
  [
    { status: 'consumed' },
    'No longer open (consumed): this approval has been used; do not make the call, and ask anew if it is still wanted.',
  ],
])('says what to do with %j', (state, expected) => {
  expect(afterAsking({ ...asked, ...state } as Approval)).toBe(expected);
});

const question = { ...asked, call: { tool: 'require_approval', principal: 'me' } };

it.each([
  [
    { status: 'pending' },
    'Pending: a person has to answer apr_x by 2030-01-01T13:00:00Z; to hear the answer, call require_approval with run_key = "d-1".',
  ],
  [
    { status: 'approved' },
    'Approved: the person said yes, which is on record. It permits no call: ask for each with firewall_enforce.',
  ],
  [
    { status: 'denied', denied_because: 'not today' },
    'Denied (not today): the person said no; tell the person who asked for it why.',
  ],
])('of a question without a call says with %j that it permits none', (state, expected) => {
  expect(afterAsking({ ...question, ...state } as Approval)).toBe(expected);
});
