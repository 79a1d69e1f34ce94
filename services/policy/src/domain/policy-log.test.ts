import { evolve, type PolicyEvent, type State } from '@aegis/replicas/policy/log';
import { describe, expect, it } from 'vitest';
import { type Candidate, decide } from './policy-log.ts';

const digest = (n: number) => `sha256:${String(n).repeat(64).slice(0, 64)}`;
const policy = (n: number, origin: 'file' | 'defaults' = 'file') =>
  ({ policy: { n }, digest: digest(n), version: 2, path: 'p.yml', origin }) as const;
const good = (n: number): Candidate => ({ type: 'good', policy: policy(n) });
const bad = (n: number): Candidate => ({
  type: 'bad',
  rejected: { path: 'p.yml', digest: digest(n), errors: ['rules: required'] },
});
const nothing = (why: 'missing' | 'empty'): Candidate => ({
  type: 'nothing',
  why,
  first: policy(0, 'defaults'),
  rejected: { path: 'p.yml', errors: [`the policy file is ${why}`] },
});

const given = (...candidates: Candidate[]): State =>
  candidates.reduce<State>((state, one) => decide(one, state).reduce(evolve, state), {});
const types = (events: PolicyEvent[]) => events.map((event) => event.type.split('.')[2]);

describe('the policy in force', () => {
  it('is published once, not again while nothing changes', () => {
    expect(types(decide(good(1), {}))).toEqual(['published']);
    expect(decide(good(1), given(good(1)))).toEqual([]);
    expect(types(decide(good(2), given(good(1))))).toEqual(['published']);
  });

  it('stays the last good one when the file turns bad, and says so once', () => {
    const state = given(good(1), bad(7));
    expect(state.published?.digest).toBe(digest(1));
    expect(state.rejected?.errors).toEqual(['rules: required']);
    expect(decide(bad(7), state)).toEqual([]);
    expect(types(decide(bad(8), state))).toEqual(['rejected']);
  });

  it('stays, where what it says is a mistake by now, and is refused where a change brings one', () => {
    const rejected = { path: 'p.yml', digest: digest(7), errors: ['rules.0.match: matches no tool'] };
    const mistaken = (n: number): Candidate => ({ type: 'good', policy: policy(n), rejected });
    expect(decide(mistaken(1), given(good(1)))).toEqual([]);
    const state = given(good(1), mistaken(2));
    expect([state.published?.digest, state.rejected?.errors]).toEqual([digest(1), rejected.errors]);
    expect(decide(mistaken(2), state)).toEqual([]);
    expect(types(decide(mistaken(2), {}))).toEqual(['rejected']);
  });

  it.each(['missing', 'empty'] as const)(
    'is the first one, where the file is %s, only where nothing was ever in force',
    (why) => {
      const candidate = nothing(why);
      expect(given(candidate).published?.origin).toBe('defaults');
      expect(decide(candidate, given(candidate))).toEqual([]);
      const state = given(good(1), candidate);
      expect(state.published?.digest).toBe(digest(1));
      expect(state.rejected?.errors).toEqual([`the policy file is ${why}`]);
    },
  );

  it('stays that of before, where an earlier version put its own on record', () => {
    const earlier: State = { published: policy(9, 'defaults') };
    for (const why of ['missing', 'empty'] as const) expect(decide(nothing(why), earlier)).toEqual([]);
  });
});
