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
const missing: Candidate = { type: 'missing', path: 'p.yml', defaults: policy(0, 'defaults') };

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

  it('is the defaults only where nothing was ever in force', () => {
    expect(given(missing).published?.origin).toBe('defaults');
    expect(decide(missing, given(missing))).toEqual([]);
    const state = given(good(1), missing);
    expect(state.published?.digest).toBe(digest(1));
    expect(state.rejected?.errors).toEqual(['the policy file is missing']);
  });
});
