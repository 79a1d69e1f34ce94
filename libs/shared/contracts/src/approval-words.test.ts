import { expect, it } from 'vitest';
import { standingForCaller } from './approval-words.ts';
import { fixtureOf } from './testing/fixtures.ts';

it.each([
  ['requested', 'is pending'],
  ['approved', 'is approved'],
  ['denied', 'was denied: wrong code'],
  ['expired', 'is expired'],
  ['cancelled', 'is cancelled: '],
  ['superseded', 'is superseded: '],
  ['consumed', 'is consumed'],
] as const)(
  'whoever made a call hears how its approval stands once it was %s, and no name',
  (what, stands) => {
    const approval = fixtureOf(`aegis.approval.${what}.v1`).data.approval;
    const sentence = standingForCaller({
      ...approval,
      ...('decided_by' in approval ? { decided_by: 'ada' } : {}),
    });
    expect(sentence.startsWith(`Approval ${approval.approval_id} ${stands}`)).toBe(true);
    expect(sentence).not.toContain('ada');
  },
);
