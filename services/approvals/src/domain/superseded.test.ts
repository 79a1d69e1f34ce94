import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { describe, expect, it } from 'vitest';
import { at, DECIDE_MS, person, USE_MS, waiting } from '../testkit/states.ts';
import { type Command, decide } from './approval.ts';

type More = { terms?: ApprovalTerms; supersededBecause?: string; call_digest?: string };
const consume = ({ terms, supersededBecause, call_digest = waiting().call_digest }: More = {}): Command => ({
  type: 'consume',
  now: at(20),
  call_digest,
  decision_id: 'd1',
  terms,
  supersededBecause,
});
const supersede = (now = at(20)): Command => ({ type: 'supersede', now, because: 'the policy has changed' });
const yes = (name: string): Command => ({
  type: 'vote',
  now: at(10),
  by: person(name),
  verdict: 'approve',
  reason: 'seen',
  useWithinMs: USE_MS,
});
const grant = { grant_id: `gra_${'a'.repeat(26)}`, granted_by: 'ada', useWithinMs: USE_MS };
const granted: Command = { type: 'granted', now: at(10), grant };

const after = (state: Approval, ...commands: Command[]): Approval =>
  commands.reduce((now, command) => {
    const decision = decide(command, now);
    if (!('event' in decision)) throw new Error(decision.because);
    return decision.event.approval;
  }, state);
const outcome = (command: Command, state: Approval): string => {
  const decision = decide(command, state);
  return 'event' in decision ? decision.event.name : decision.because;
};
const over = {
  status: 'superseded',
  superseded_at: at(20).toISOString(),
  superseded_because: 'the policy has changed',
};

describe('an approval that is superseded', () => {
  it('waited, or was approved: nothing of a decision stays, and who had said yes does', () => {
    expect(after(waiting(), supersede())).toEqual({ ...waiting(), ...over });
    expect(after(waiting(), yes('ada'), supersede())).toEqual({ ...waiting(), ...over });
    const two = waiting({ quorum: 2 });
    const endorsements = [{ by: 'ada', at: at(10).toISOString(), reason: 'seen' }];
    expect(after(two, yes('ada'), supersede())).toEqual({ ...two, endorsements, ...over });
    expect(after(waiting(), granted, supersede())).toEqual({ ...waiting(), ...over });
  });

  it('is decided and used by nobody', () => {
    const state = after(waiting(), supersede());
    const id = state.approval_id;
    for (const command of [yes('ada'), granted, supersede()]) {
      expect(outcome(command, state)).toBe(`Approval ${id} is superseded: the policy has changed`);
    }
    expect(outcome(consume(), state)).toBe(`Approval ${id} is superseded`);
  });

  it('was in time: an overdue one expires, and one that is over stays as it is', () => {
    expect(outcome(supersede(at(DECIDE_MS + 1)), waiting())).toBe('expired');
    const used = after(waiting(), yes('ada'), consume());
    expect(outcome(supersede(), used)).toMatch(/was approved by ada and is used$/);
  });
});

describe('an approved call is run under the terms that it was approved under', () => {
  const terms: ApprovalTerms = { approvers: ['ada', 'finance'], require_reason: true, quorum: 1 };
  const approved = after(waiting(terms), yes('ada'));

  it.each<[string, ApprovalTerms]>([
    ['the same', terms],
    ['in another order', { require_reason: true, approvers: ['finance', 'ada', 'finance'] }],
    ['with other deadlines', { ...terms, decide_within_ms: 1, use_within_ms: 1 }],
  ])('which are %s', (_, now) => {
    expect(outcome(consume({ terms: now }), approved)).toBe('consumed');
  });

  it.each<[string, ApprovalTerms | undefined]>([
    ['anybody decides by now', undefined],
    ['other people decide by now', { ...terms, approvers: ['ada'] }],
    ['it takes two by now', { ...terms, quorum: 2 }],
    ['no reason is needed any more', { approvers: ['ada', 'finance'] }],
  ])('else it is superseded: %s', (_, now) => {
    const decision = decide(consume({ ...(now && { terms: now }) }), approved);
    expect(decision).toHaveProperty('event.approval', {
      ...waiting(terms),
      ...over,
      superseded_because: 'its rule says something else about who decides by now',
    });
  });

  it('and not where the policy changed, nor for another call, which supersedes nothing', () => {
    const because = 'the policy has changed since it was asked';
    expect(after(approved, consume({ terms, supersededBecause: because }))).toHaveProperty(
      'superseded_because',
      because,
    );
    const other = consume({ supersededBecause: because, call_digest: `sha256:${'b'.repeat(64)}` });
    expect(outcome(other, approved)).toMatch(/was given for another call$/);
  });
});

describe('a grant', () => {
  const answered = {
    status: 'approved',
    decided_at: at(10).toISOString(),
    decided_by: 'ada',
    grant_id: grant.grant_id,
  };

  it('approves what waits, in the name of whoever gave it', () => {
    expect(after(waiting(), granted)).toEqual({
      ...waiting(),
      ...answered,
      use_by: at(10 + USE_MS).toISOString(),
    });
    const quick = waiting({ use_within_ms: 7 });
    expect(after(quick, granted)).toHaveProperty('use_by', at(17).toISOString());
  });

  it('answers when it is asked, and what was asked is on record', () => {
    const {
      status: _,
      call,
      reasons,
      call_digest,
      requested_at: __,
      decide_by: ___,
      ...identity
    } = waiting();
    const request: Command = {
      type: 'request',
      now: at(10),
      identity,
      asked: { call, reasons, no_grant: true },
      call_digest,
      decideWithinMs: DECIDE_MS,
    };
    const asked = { requested_at: at(10).toISOString(), decide_by: at(10 + DECIDE_MS).toISOString() };
    expect(decide({ ...request, grant }, undefined)).toEqual({
      event: {
        name: 'approved',
        approval: { ...waiting(), ...asked, ...answered, use_by: at(10 + USE_MS).toISOString() },
      },
    });
    expect(decide(request, undefined)).toEqual({
      event: { name: 'requested', approval: { ...waiting(), ...asked } },
    });
  });

  it('is too late for what is decided, or overdue', () => {
    expect(outcome(granted, after(waiting(), yes('bob')))).toMatch(/was approved by bob$/);
    expect(outcome({ ...granted, now: at(DECIDE_MS + 1) }, waiting())).toBe('expired');
  });
});
