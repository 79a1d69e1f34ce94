import { type Identity, identityIdFor } from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { messageOf } from '@aegis/contracts/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { createIdentityFold } from './identity-fold.ts';

const NOW = new Date('2026-01-05T09:30:00.000Z');
const digestOf = (char: string) => `sha256:${char.repeat(64)}`;

const identityOf = (name: string, key: Partial<Identity['keys'][number]> = {}): Identity => ({
  identity_id: identityIdFor(name),
  name,
  kind: 'agent',
  roles: ['agent'],
  keys: [{ digest: digestOf('a'), created_at: '2026-01-01T00:00:00.000Z', ...key }],
  created_at: '2026-01-01T00:00:00.000Z',
});

type Type = Parameters<typeof messageOf>[0] & `aegis.identity.${string}`;
function foldOf(...facts: [Type, Identity][]) {
  const fold = createIdentityFold();
  for (const [type, identity] of facts) fold.apply(messageOf(type, { identity, by: 'os-user:ada' }));
  return fold;
}
const stateIn = (fold: ReturnType<typeof foldOf>, digest = digestOf('a'), now = NOW) =>
  fold.find(digest, now)?.state;

const created = (identity: Identity): [Type, Identity] => ['aegis.identity.created.v1', identity];

describe('whose key it is', () => {
  it('is nobody, where nobody has it', () => {
    expect(stateIn(foldOf())).toBeUndefined();
    expect(stateIn(foldOf(created(identityOf('ci'))), digestOf('b'))).toBeUndefined();
  });

  it('is its owner, until it ends by the clock, to the millisecond', () => {
    const fold = foldOf(created(identityOf('ci', { expires_at: NOW.toISOString() })));
    expect(fold.find(digestOf('a'), new Date(NOW.getTime() - 1))).toMatchObject({
      identity: { name: 'ci' },
      state: 'good',
    });
    expect(stateIn(fold)).toBe('expired');
  });

  it('is revoked, by itself or with its owner', () => {
    const one = identityOf('ci', { revoked_at: NOW.toISOString() });
    expect(stateIn(foldOf(created(identityOf('ci')), ['aegis.identity.key_revoked.v1', one]))).toBe(
      'revoked',
    );
    const gone = { ...identityOf('ci'), removed_at: NOW.toISOString() };
    const fold = foldOf(created(identityOf('ci')), ['aegis.identity.removed.v1', gone]);
    expect([stateIn(fold), fold.all()]).toEqual(['revoked', []]);
  });

  it('is nobody, where its owner does not have it any more', () => {
    const other = identityOf('ci', { digest: digestOf('b') });
    const fold = foldOf(created(identityOf('ci')), ['aegis.identity.key_added.v1', other]);
    expect([stateIn(fold), stateIn(fold, digestOf('b'))]).toEqual([undefined, 'good']);
  });
});

describe('what can not be read of somebody', () => {
  const { event } = messageOf('aegis.identity.created.v1');
  const subject = identityLog(identityIdFor('ci'));
  const unreadable = { subject, event: { ...event, type: 'aegis.identity.suspended.v1' } };

  it('takes their right away, and nobody else’s, until something readable stands there', () => {
    const bob = identityOf('bob', { digest: digestOf('b') });
    const fold = foldOf(created(identityOf('ci')), created(bob));
    expect(fold.apply(unreadable)).toBe('unreadable');
    expect([stateIn(fold), stateIn(fold, digestOf('b'))]).toEqual(['damaged', 'good']);
    expect([...fold.rights(NOW).values()]).toEqual(['bob']);
    fold.apply(messageOf('aegis.identity.key_added.v1', { identity: identityOf('ci'), by: 'os-user:ada' }));
    expect(stateIn(fold)).toBe('good');
  });

  it('closes the door for who has no name', () => {
    const fold = foldOf();
    expect(fold.wasAgent).toBe(false);
    fold.apply(unreadable);
    expect(fold.wasAgent).toBe(true);
  });
});

it('once there was an agent, nobody is anonymous any more, whatever became of that one', () => {
  const gone = { ...identityOf('ci'), removed_at: NOW.toISOString() };
  expect(foldOf(created(identityOf('ci')), ['aegis.identity.removed.v1', gone]).wasAgent).toBe(true);
  expect(foldOf(created({ ...identityOf('ci'), roles: ['auditor'] })).wasAgent).toBe(false);
});

const both = (roles: string[]): Identity => ({
  ...identityOf('billing'),
  kind: 'person',
  roles,
  rule_roles: ['finance'],
  keys: [
    { digest: digestOf('a'), created_at: NOW.toISOString(), as: 'agent' },
    { digest: digestOf('b'), created_at: NOW.toISOString() },
  ],
});

const opens = (roles: string[]) =>
  [
    ...foldOf(created(both(roles)))
      .rights(NOW)
      .keys(),
  ].map((right) => right.slice('sha256:'.length + 63));

describe('somebody who is an agent and a person', () => {
  it('opens with each key what that one is of alone, and rules name the person', () => {
    expect(opens(['agent', 'approver'])).toEqual(['a agent', 'b approver', 'b rule finance']);
  });

  it('opens nothing as the agent, once that is dropped', () => {
    expect(opens(['approver'])).toEqual(['b approver', 'b rule finance']);
  });
});
