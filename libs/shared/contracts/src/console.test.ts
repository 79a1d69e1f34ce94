import { describe, expect, it } from 'vitest';
import { DecideApproval, Word } from './approvals.ts';
import { Decide, GiveGrantForm, SignIn } from './console.ts';
import { GiveGrant, GrantWord, onTheBus } from './grants.ts';

const credential = { secret: 's', source: '10.0.0.1' };
const said = { reason: 'as ordered', revision: 7 };
const pattern = { tool: 'refunds.create' };

describe("one person's word", () => {
  it('is the same by each door, with what the door adds', () => {
    const word = Word.parse({ verdict: 'approve', ...said });
    expect(DecideApproval.parse({ id: 'run-1', ...word, credential })).toEqual({
      id: 'run-1',
      ...word,
      credential,
    });
    expect(Decide.parse(said)).toEqual(said);
  });

  it('lets calls run for so many minutes, which the bus has in milliseconds', () => {
    const word = GrantWord.parse({ minutes: 30, pattern, ...said });
    expect(GiveGrantForm.parse(word)).toEqual(word);
    const asked = { approval_id: `apr_${'a'.repeat(26)}`, ...onTheBus(word), credential };
    expect(GiveGrant.parse(asked)).toEqual({ ...asked, for_ms: 1_800_000 });
    expect(GiveGrant.safeParse({ ...asked, ...onTheBus({ minutes: 1440 }) }).success).toBe(true);
  });

  it.each([
    ['no state that was seen', Decide, { reason: 'x' }],
    ['no state that was seen, for a grant', GiveGrantForm, { minutes: 5 }],
    ['a verdict beside the path', Decide, { ...said, verdict: 'deny' }],
    ['a field that no door has', GiveGrantForm, { ...said, minutes: 5, for_ms: 1 }],
    ['too many minutes', GiveGrantForm, { ...said, minutes: 1441 }],
    ['an empty key', SignIn, { secret: '' }],
  ])('is refused at the console with %s', (_, schema, body) => {
    expect(schema.safeParse(body).success).toBe(false);
  });
});
