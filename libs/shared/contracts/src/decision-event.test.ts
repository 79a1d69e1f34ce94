import { describe, expect, it } from 'vitest';
import { recordCall } from './call-digest.ts';
import { type DecisionFacts, decisionEvent } from './decision-event.ts';

const call = { tool: 'files.move', args: { from: 'a' }, server: 'files', principal: 'os-user:ann' };
const ruling = {
  rule: { index: 1, match: 'files.*' },
  policy_digest: `sha256:${'3'.repeat(64)}`,
  policy_version: 2 as const,
  ruled_at: '2026-01-01T00:00:00.000Z',
};
const facts: DecisionFacts = {
  call: recordCall(call),
  ruling,
  outcome: 'allowed',
  reasons: [],
  dispatch: { call_id: 'c1', instance: 'i1', server: 'files', method: 'tools/call' },
  via: 'wrap',
};
const made = { source: 'enforcer', time: '2026-01-01T00:00:01.000Z', traceId: 'f'.repeat(32), id: 'd1' };
const dataOf = (more: Partial<DecisionFacts> = {}) => decisionEvent({ ...facts, ...more }, made).data;

describe('the event of a decision', () => {
  it('has the call, the outcome and the policy that decided, and is about the tool', () => {
    const { policy_digest, policy_version, rule, ruled_at } = ruling;
    const { ruling: _, ...rest } = facts;
    const event = decisionEvent(facts, made);
    expect(event).toMatchObject({
      id: 'd1',
      source: 'aegis/enforcer',
      subject: 'files.move',
      time: made.time,
    });
    expect(event.data).toEqual({ ...rest, rule, policy_digest, policy_version, ruled_at });
    expect(event.data.call).not.toHaveProperty('args');
  });

  it.each(['pending', 'blocked'] as const)('is no dispatch where it is %s', (outcome) => {
    expect(dataOf({ outcome }).dispatch).toBeUndefined();
  });

  it('has the operation and the amount that its rule took, and what the caller stated where it took none', () => {
    const stated = { ...recordCall({ ...call, op: 'copy', amount_cents: 1 }) };
    expect(dataOf({ call: stated }).call).toEqual(stated);
    const took = { ...ruling, op: 'move', amount_cents: 0, currency: 'EUR' };
    const taken = { op: 'move', amount_cents: 0, currency: 'EUR' };
    expect(dataOf({ call: stated, ruling: took }).call).toEqual({ ...stated, ...taken });
  });

  it('has nothing else', () => {
    expect(() => dataOf({ approval: 'apr' } as never)).toThrow('approval');
  });
});

describe('the call as the record keeps it', () => {
  it('has its arguments by their digest, or not at all', () => {
    const { args_digest, ...without } = recordCall(call);
    expect(args_digest).toMatch(/^sha256:/);
    expect(recordCall(call, 'without')).toEqual(without);
    expect(recordCall({ tool: 'a', principal: 'me' })).not.toHaveProperty('args_digest');
  });
});
