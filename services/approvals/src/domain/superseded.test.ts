import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { describe, expect, it } from 'vitest';
import { asked, at, DECIDE_MS, given, happens, person, USE_MS, waiting } from '../testkit/states.ts';
import type { ApprovalCommand as Command } from './approval.ts';

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

const waits = (terms?: ApprovalTerms) => given(asked(waiting(terms)));
const refused = (why: string) => ({ because: `Approval ${waiting().approval_id} ${why}` });
const over = {
  status: 'superseded',
  superseded_at: at(20).toISOString(),
  superseded_because: 'the policy has changed',
};

describe('an approval that is superseded', () => {
  it('waited, or was approved: nothing of a decision stays, and who had said yes does', () => {
    expect(waits().after(supersede()).state).toEqual({ ...waiting(), ...over });
    expect(waits().after(yes('ada'), supersede()).state).toEqual({ ...waiting(), ...over });
    const two = { quorum: 2 };
    const endorsements = [{ by: 'ada', at: at(10).toISOString(), reason: 'seen' }];
    const ended = waits(two).after(yes('ada'), supersede());
    expect(ended.state).toEqual({ ...waiting(two), endorsements, ...over });
    expect(waits().after(granted, supersede()).state).toEqual({ ...waiting(), ...over });
  });

  it('is decided and used by nobody', () => {
    const superseded = waits().after(supersede());
    for (const command of [yes('ada'), granted, supersede()]) {
      superseded.when(command).comesTo(refused('is superseded: the policy has changed'));
    }
    superseded.when(consume()).comesTo(refused('is superseded'));
  });

  it('was in time: an overdue one expires, and one that is over stays as it is', () => {
    waits()
      .when(supersede(at(DECIDE_MS + 1)))
      .comesTo(happens('expired'));
    const used = waits().after(yes('ada'), consume());
    used.when(supersede()).comesTo(refused('was approved by ada and is used'));
  });
});

describe('an approved call is run under the terms that it was approved under', () => {
  const terms: ApprovalTerms = { approvers: ['ada', 'finance'], require_reason: true, quorum: 1 };
  const approved = waits(terms).after(yes('ada'));

  it.each<[string, ApprovalTerms]>([
    ['the same', terms],
    ['in another order', { require_reason: true, approvers: ['finance', 'ada', 'finance'] }],
    ['with other deadlines', { ...terms, decide_within_ms: 1, use_within_ms: 1 }],
  ])('which are %s', (_, now) => {
    approved.when(consume({ terms: now })).comesTo(happens('consumed'));
  });

  it.each<[string, ApprovalTerms | undefined]>([
    ['anybody decides by now', undefined],
    ['other people decide by now', { ...terms, approvers: ['ada'] }],
    ['it takes two by now', { ...terms, quorum: 2 }],
    ['no reason is needed any more', { approvers: ['ada', 'finance'] }],
  ])('else it is superseded: %s', (_, now) => {
    expect(approved.after(consume({ ...(now && { terms: now }) })).state).toEqual({
      ...waiting(terms),
      ...over,
      superseded_because: 'its rule says something else about who decides by now',
    });
  });

  it('and not where the policy changed, nor for another call, which supersedes nothing', () => {
    const because = 'the policy has changed since it was asked';
    expect(approved.after(consume({ terms, supersededBecause: because })).state).toHaveProperty(
      'superseded_because',
      because,
    );
    const other = consume({ supersededBecause: because, call_digest: `sha256:${'b'.repeat(64)}` });
    approved.when(other).comesTo(refused('was given for another call'));
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
    expect(waits().after(granted).state).toEqual({
      ...waiting(),
      ...answered,
      use_by: at(10 + USE_MS).toISOString(),
    });
    const quick = waits({ use_within_ms: 7 }).after(granted);
    expect(quick.state).toHaveProperty('use_by', at(17).toISOString());
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
    const times = { requested_at: at(10).toISOString(), decide_by: at(10 + DECIDE_MS).toISOString() };
    const approval = { ...waiting(), ...times };
    const approved = { ...approval, ...answered, use_by: at(10 + USE_MS).toISOString() } as Approval;
    given()
      .when({ ...request, grant })
      .comesTo({ event: { type: 'aegis.approval.approved.v1', data: { approval: approved } } });
    given()
      .when(request)
      .comesTo({ event: asked(approval) });
  });

  it('is too late for what is decided, or overdue', () => {
    waits().after(yes('bob')).when(granted).comesTo(refused('was approved by bob'));
    waits()
      .when({ ...granted, now: at(DECIDE_MS + 1) })
      .comesTo(happens('expired'));
  });
});
