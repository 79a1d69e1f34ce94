import type { Call } from '@aegis/contracts/call';
import type { Grant } from '@aegis/contracts/grants';
import { describe, expect, it } from 'vitest';
import { givenFor } from '../testkit/given.ts';
import { at } from '../testkit/states.ts';
import { type AskedOfGrant, answersFor, type GrantCommand, grants, isActive, whyOver } from './grant.ts';

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

const approval_id = `apr_${'b'.repeat(26)}`;
const given = (state: Grant = grant) =>
  givenFor(grants)({ type: 'aegis.grant.given.v1', data: { grant: state } });
const use = (asked: AskedOfGrant, ms: number, overBecause?: string): GrantCommand => ({
  type: 'use',
  now: at(ms),
  approval_id,
  asked,
  overBecause,
});
const revoke = (by: string, ms: number, because?: string): GrantCommand => ({
  type: 'revoke',
  now: at(ms),
  by,
  because,
});
const refused = (why: string) => ({ because: `Grant ${grant.grant_id} ${why}` });

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

  it('counts its uses, and a use that it does not answer for is none', () => {
    const used = { ...grant, uses: 5, last_used_at: at(9).toISOString() };
    given({ ...grant, uses: 4 })
      .when(use({ call }, 9))
      .comesTo({ event: { type: 'aegis.grant.used.v1', data: { grant: used, approval_id } } });
    const other = { call: { ...call, args: { to: 'x' } } };
    given().when(use(other, 9)).comesTo(refused('does not answer for this call'));
    const over = use({ call }, 9, 'ada is no approver any more');
    given().when(over).comesTo(refused('is over: ada is no approver any more'));
  });

  it('once revoked answers nothing, and keeps who revoked it first', () => {
    const revoked = { ...grant, revoked_at: at(5).toISOString(), revoked_by: 'bob' };
    given()
      .when(revoke('bob', 5))
      .comesTo({ event: { type: 'aegis.grant.revoked.v1', data: { grant: revoked } } });
    expect(answersFor(revoked, { call }, at(6))).toBe(false);
    given(revoked).when(use({ call }, 6)).comesTo(refused('does not answer for this call'));
    given(revoked).when(revoke('cyd', 6)).comesTo(refused('is over already'));
    const because = "the policy has changed since it was given: Rule 0 denies 'bank.*'";
    const byPolicy = given().after(revoke('the policy', 5, because));
    expect(byPolicy.state && whyOver(byPolicy.state, at(6), { isApprover: true })).toBe(because);
    expect(whyOver(revoked, at(6), { isApprover: true })).toBe('revoked by bob');
    given()
      .when(revoke('cyd', ENDS + 1))
      .comesTo(refused('is over already'));
  });
});
