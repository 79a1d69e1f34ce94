import { NOTICES } from '@aegis/contracts/webhooks';
import { expect, test } from 'vitest';
import { CANARY, denied, pending, requested } from '../testkit/approvals.ts';
import { messageIdOf, noticeOf } from './payload.ts';

test('a notice says what happened and where to look', () => {
  const approval = pending();
  const event = requested(approval);
  expect(noticeOf(event, 'https://aegis.example.com/')).toEqual({
    type: 'approval.requested',
    timestamp: event.time,
    data: {
      approval_id: approval.approval_id,
      status: 'pending',
      tool: 'refunds.create',
      server: 'pay',
      principal: 'key:billing',
      decide_by: approval.decide_by,
      url: `https://aegis.example.com/ui/approvals/${approval.approval_id}`,
    },
  });
});

test('a notice has no arguments and nobody’s words', () => {
  const approval = pending();
  for (const event of [requested(approval), denied(approval)]) {
    expect(JSON.stringify(event)).toContain(CANARY);
    expect(JSON.stringify(noticeOf(event, 'https://aegis.example.com'))).not.toContain(CANARY);
  }
});

test.each(NOTICES)('%s is told, whatever its version', (notice) => {
  const event = { ...requested(), type: `aegis.${notice}.v7` };
  expect(noticeOf(event, 'http://console')?.type).toBe(notice);
});

test('what is no approval is told to nobody', () => {
  expect(noticeOf({ ...requested(), type: 'aegis.grant.given.v1' }, 'http://console')).toBeUndefined();
  expect(noticeOf({ ...requested(), data: { approval: {} } }, 'http://console')).toBeUndefined();
});

test('an event has one id for each webhook, and always the same', () => {
  expect(messageIdOf('event', 'a')).toBe(messageIdOf('event', 'a'));
  expect(messageIdOf('event', 'a')).not.toBe(messageIdOf('event', 'b'));
});
