import { expect, it } from 'vitest';
import { deniedByGuess, standingForCaller } from './approval-words.ts';
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

it.each([
  ['approval-code', 'wrong code', undefined, 'denied, because a wrong code was given'],
  ['me', '3 wrong codes', undefined, 'denied, because 3 wrong codes were given'],
  ['ada', 'wrong code', undefined, undefined],
  ['approval-code', 'wrong code', 'wrong code', undefined],
] as const)(
  '%s denied with %j is a guess or a person’s no',
  (decided_by, denied_because, decision_reason, words) => {
    const { approval } = fixtureOf('aegis.approval.denied.v1').data;
    if (approval.status !== 'denied') throw new Error('the fixture is of another kind');
    const { decision_reason: _, ...rest } = approval;
    const given = { ...rest, decided_by, denied_because, ...(decision_reason ? { decision_reason } : {}) };
    const denied = { ...given, call: { ...approval.call, principal: 'me' } };
    expect(deniedByGuess(denied)).toBe(words);
  },
);
