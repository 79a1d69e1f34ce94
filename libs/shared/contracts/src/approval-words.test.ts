import { expect, it } from 'vitest';
import { standingForCaller } from './approval-words.ts';
import type { Approval } from './approvals.ts';
import { APPROVAL_EVENTS } from './events.ts';
import { readEvent } from './read-event.ts';

const approvalIn = async (what: string): Promise<Approval> => {
  const { default: fixture } = (await import(`./fixtures/events/aegis.approval.${what}.v1.json`, {
    with: { type: 'json' },
  })) as { default: { type: string; data: unknown } };
  const approval = readEvent(fixture, ...APPROVAL_EVENTS)?.data.approval;
  if (!approval) throw new Error(`no approval in ${what}`);
  return approval;
};

it.each([
  ['requested', 'is pending'],
  ['approved', 'is approved'],
  ['denied', 'was denied: wrong code'],
  ['expired', 'is expired'],
  ['cancelled', 'is cancelled: '],
  ['superseded', 'is superseded: '],
  ['consumed', 'is consumed'],
])('whoever made a call hears how its approval stands once it was %s, and no name', async (what, stands) => {
  const approval = await approvalIn(what);
  const sentence = standingForCaller({
    ...approval,
    ...('decided_by' in approval ? { decided_by: 'ada' } : {}),
  });
  expect(sentence.startsWith(`Approval ${approval.approval_id} ${stands}`)).toBe(true);
  expect(sentence).not.toContain('ada');
});
