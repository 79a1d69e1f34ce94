import { expect, it } from 'vitest';
import { deniedByGuess, standingAndNext, standingForCaller } from './approval-words.ts';
import { EVENT_TYPES } from './events/mod.ts';
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

it.each([
  [false, 'wrong code', 'denied, because a wrong code was given'],
  [false, '3 wrong codes', 'denied, because 3 wrong codes were given'],
  [true, 'wrong code', 'denied, because a code was given that was not drawn for this call'],
  [true, '3 wrong codes', 'denied, because 3 wrong codes were given, none of them drawn for this call'],
] as const)(
  'what a code that denied was not (only a drawn one was right: %s; %s) is said, whoever decided, by the line of the record too',
  (drawn_code_only, denied_because, words) => {
    const { approval } = fixtureOf('aegis.approval.denied.v1').data;
    if (approval.status !== 'denied') throw new Error('the fixture is of another kind');
    const denied = { ...approval, decided_by: 'ada', denied_because, drawn_code_only };
    expect(deniedByGuess(denied)).toBe(words);
    expect(EVENT_TYPES['aegis.approval.denied.v1'].audit?.({ approval: denied }).note).toBe(words);
  },
);

it.each([
  ['requested', ''],
  ['approved', ''],
  ['denied', '. To ask again, send the call with another run key'],
  ['expired', '. To ask again, send the call once more'],
  ['cancelled', '. To ask again, send the call once more'],
  ['superseded', '. To ask again, send the call once more'],
  ['consumed', '. To ask again, send the call once more'],
] as const)('and what to do next, once it was %s: "%s"', (what, next) => {
  const { approval } = fixtureOf(`aegis.approval.${what}.v1`).data;
  expect(standingAndNext(approval)).toBe(`${standingForCaller(approval)}${next}`);
});
