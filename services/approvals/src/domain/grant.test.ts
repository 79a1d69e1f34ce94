import type { Call } from '@aegis/contracts/call';
import type { Grant } from '@aegis/contracts/grants';
import { describe, expect, it } from 'vitest';
import { at } from '../testkit/states.ts';
import { answersFor, isActive, revoke, use } from './grant.ts';

const ENDS = 1_000;
const grant: Grant = {
  grant_id: `gra_${'a'.repeat(26)}`,
  principal: 'me',
  pattern: { tool: 'bank.pay', max_amount_cents: 100 },
  approval_id: `apr_${'a'.repeat(26)}`,
  granted_by: 'ada',
  granted_at: at(0).toISOString(),
  expires_at: at(ENDS).toISOString(),
  uses: 0,
};
const call: Call = { tool: 'bank.pay', amount_cents: 100, principal: 'me' };

describe('a grant', () => {
  it('answers for calls of its agent that are like its pattern', () => {
    expect(answersFor(grant, { call }, at(1))).toBe(true);
    expect(answersFor(grant, { call: { ...call, amount_cents: 101 } }, at(1))).toBe(false);
    expect(answersFor(grant, { call: { ...call, principal: 'you' } }, at(1))).toBe(false);
  });

  it('answers in its last millisecond, and not after it', () => {
    expect([isActive(grant, at(ENDS)), isActive(grant, at(ENDS + 1))]).toEqual([true, false]);
    expect(answersFor(grant, { call }, at(ENDS + 1))).toBe(false);
  });

  it('answers only as long as its rule asks the same people', () => {
    const finance = { ...grant, terms: { approvers: ['finance', 'ada'] } };
    expect(
      answersFor(finance, { call, terms: { approvers: ['ada', 'finance', 'ada'], quorum: 1 } }, at(1)),
    ).toBe(true);
    for (const terms of [
      undefined,
      { approvers: ['finance'] },
      { approvers: ['finance', 'ada'], quorum: 2 },
      { approvers: ['finance', 'ada'], require_reason: true as const },
    ]) {
      expect(answersFor(finance, { call, terms }, at(1))).toBe(false);
    }
    expect(answersFor(grant, { call, terms: { decide_within_ms: 1, use_within_ms: 1 } }, at(1))).toBe(true);
  });

  it('answers under the rule that it was given under, and under no other', () => {
    const given = { ...grant, rule: { index: 2, match: 'bank.*' } };
    expect(answersFor(given, { call, rule: { index: 2, match: 'bank.*' } }, at(1))).toBe(true);
    expect(answersFor(given, { call, rule: { index: 1, match: 'bank.*' } }, at(1))).toBe(false);
    expect(answersFor(given, { call }, at(1))).toBe(false);
  });

  it('counts its uses, and a use that it does not answer for is none', () => {
    expect(use({ ...grant, uses: 4 }, { call }, at(9))).toEqual({
      event: { name: 'used', grant: { ...grant, uses: 5, last_used_at: at(9).toISOString() } },
    });
    expect(use(grant, { call: { ...call, args: { to: 'x' } } }, at(9))).toEqual({
      because: `Grant ${grant.grant_id} does not answer for this call`,
    });
  });

  it('once revoked answers nothing, and keeps who revoked it first', () => {
    const decision = revoke(grant, 'bob', at(5));
    const revoked = { ...grant, revoked_at: at(5).toISOString(), revoked_by: 'bob' };
    expect(decision).toEqual({ event: { name: 'revoked', grant: revoked } });
    expect(answersFor(revoked, { call }, at(6))).toBe(false);
    expect(use(revoked, { call }, at(6))).toHaveProperty('because');
    const over = { because: `Grant ${grant.grant_id} is over already` };
    expect(revoke(revoked, 'cyd', at(6))).toEqual(over);
    expect(revoke(grant, 'cyd', at(ENDS + 1))).toEqual(over);
  });
});
