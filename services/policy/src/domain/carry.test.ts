import { type Identity, identityIdFor, MOST_NAMES } from '@aegis/contracts/identities';
import { describe, expect, it } from 'vitest';
import { type Carried, carry, type Entry } from './carry.ts';

const NOW = new Date('2026-01-05T09:30:00.000Z');
const at = NOW.toISOString();
const digestOf = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;
const person = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  digest: digestOf(1),
  as: 'person',
  ...more,
});
const agent: Identity = {
  identity_id: identityIdFor('ada'),
  name: 'ada',
  kind: 'agent',
  roles: ['agent'],
  keys: [{ digest: digestOf(9), created_at: at }],
  created_at: at,
};
const identityOf = (carried: Carried): Identity | undefined =>
  typeof carried === 'object' && 'identity' in carried ? carried.identity : undefined;

describe('an approver of the file', () => {
  it.each<[Entry['roles'], string[]]>([
    [undefined, ['approver']],
    [['finance'], ['approver']],
    [
      ['finance', 'admin'],
      ['approver', 'operator'],
    ],
    [['auditor', 'operator', 'approval-code'], ['approver']],
  ])('with the roles %j may do what they could, and is no admin', (roles, may) => {
    const found = identityOf(carry(person('ada', { ...(roles && { roles }) }), undefined, [], NOW));
    expect([found?.roles, found?.rule_roles]).toEqual([may, roles]);
  });

  it('keeps the callers that they are, and their key', () => {
    const found = identityOf(carry(person('eve', { principals: ['key:laptop'] }), undefined, [], NOW));
    expect(found).toMatchObject({
      kind: 'person',
      principals: ['key:laptop'],
      keys: [{ digest: digestOf(1), created_at: at }],
    });
  });

  it('who has the name of an agent stays both, and each key opens what it opened', () => {
    const found = identityOf(carry(person('ada'), agent, [], NOW));
    expect([found?.kind, found?.roles]).toEqual(['person', ['agent', 'approver']]);
    expect(found?.keys.map((key) => [key.digest, key.as])).toEqual([
      [digestOf(9), 'agent'],
      [digestOf(1), 'person'],
    ]);
  });

  it('is left out, with why, rather than half taken over or with more than they had', () => {
    const many = Array.from({ length: MOST_NAMES + 1 }, (_, i) => `role-${i}`);
    const ada = identityOf(carry(person('ada'), undefined, [], NOW));
    const because = [
      carry(person('Ada', { digest: digestOf(2) }), ada, [], NOW),
      carry(person('ada', { digest: digestOf(2) }), ada, [], NOW),
      carry(person('bob'), undefined, ada ? [ada] : [], NOW),
      carry(person('cyd', { digest: digestOf(3), roles: many }), undefined, [], NOW),
      carry(person('dee', { digest: digestOf(3), principals: many }), undefined, [], NOW),
    ].map((one) => (typeof one === 'object' && 'because' in one ? one.because : 'carried'));
    expect(because).toEqual([
      'the name looks like ada, who is there already',
      'there is somebody of this name already',
      'ada has the same key',
      `it has more than ${MOST_NAMES} roles or principals`,
      `it has more than ${MOST_NAMES} roles or principals`,
    ]);
  });

  it('is taken over once, and stays out who was taken out since', () => {
    const ada = identityOf(carry(person('ada'), undefined, [], NOW));
    expect(carry(person('ada'), ada, [], NOW)).toBe('there');
    expect(carry(person('ada'), ada && { ...ada, removed_at: at }, [], NOW)).toBe('there');
  });
});
