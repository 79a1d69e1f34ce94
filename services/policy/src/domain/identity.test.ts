import { type Identity, identityIdFor, MOST_KEYS } from '@aegis/contracts/identities';
import { describe, expect, it } from 'vitest';
import { decide, type IdentityCommand } from './identity.ts';

const NOW = new Date('2026-01-05T09:30:00.000Z');
const AT = NOW.toISOString();
const LATER = '2026-04-05T09:30:00.000Z';
const MINUTE = 60_000;
const digestOf = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;
const by = 'os-user:ada';

const create = (name = 'billing', more: object = {}): IdentityCommand => ({
  type: 'create',
  name,
  kind: 'agent',
  roles: ['agent'],
  key: { digest: digestOf(0), expires_at: LATER },
  by,
  ...more,
});
const rotate = (n: number, overlap_ms: number): IdentityCommand => ({
  type: 'rotate',
  name: 'billing',
  key: { digest: digestOf(n) },
  overlap_ms,
  by,
});

/** Who there is after these, each a minute after the one before. */
function after(...commands: IdentityCommand[]): Identity | undefined {
  let state: Identity | undefined;
  for (const [i, command] of commands.entries())
    state = decide(command, state, new Date(NOW.getTime() + i * MINUTE)).data.identity;
  return state;
}
const codeOf = (command: IdentityCommand, state: Identity | undefined): unknown => {
  try {
    return decide(command, state, NOW).type;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

it('a new name has its roles, its key and who made it', () => {
  expect(decide(create(), undefined, NOW)).toEqual({
    type: 'aegis.identity.created.v1',
    data: {
      by,
      identity: {
        identity_id: identityIdFor('billing'),
        name: 'billing',
        kind: 'agent',
        roles: ['agent'],
        keys: [{ digest: digestOf(0), created_at: AT, expires_at: LATER }],
        created_at: AT,
      },
    },
  });
});

describe('a name', () => {
  it.each(['billing', 'Billing', 'bi11ing'])('that is there, or looks like it, is taken: %s', (name) => {
    expect(codeOf(create(name), after(create()))).toBe('name_taken');
  });

  it('that was removed is free, with nothing of who had it', () => {
    const gone = after(create(), { type: 'remove', name: 'billing', by });
    const again = decide(create('Billing', { key: { digest: digestOf(9) } }), gone, NOW).data.identity;
    expect(again).toMatchObject({ name: 'Billing', keys: [{ digest: digestOf(9) }] });
    expect(again.removed_at).toBeUndefined();
    expect(again.keys).toHaveLength(1);
  });

  it.each(['rotate', 'revoke', 'remove'] as const)('that only looks like one does not %s it', (type) => {
    const command = { ...rotate(1, 0), type, name: 'Billing' } as IdentityCommand;
    expect(codeOf(command, after(create()))).toBe('identity_not_found');
    expect(codeOf(command, undefined)).toBe('identity_not_found');
    expect(
      codeOf({ ...command, name: 'billing' }, after(create(), { type: 'remove', name: 'billing', by })),
    ).toBe('identity_not_found');
  });
});

it.each(['admin', 'auditor', 'approver', 'operator', 'finance'])('an agent is an agent alone: %s', (role) => {
  expect(codeOf(create('billing', { roles: ['agent', role] }), undefined)).toBe('invalid_request');
  const change: IdentityCommand = { type: 'roles', name: 'billing', add: [role], drop: [], by };
  expect(codeOf(change, after(create()))).toBe('invalid_request');
});

const person = (name: string, roles: string[], n = 50): Identity =>
  decide(create(name, { kind: 'person', roles, key: { digest: digestOf(n) } }), undefined, NOW).data.identity;
const roles = (name: string, add: string[], drop: string[] = []): IdentityCommand => ({
  type: 'roles',
  name,
  add,
  drop,
  by,
});
const against = (command: IdentityCommand, state: Identity | undefined, ...others: Identity[]): unknown => {
  try {
    return decide(command, state, NOW, others).type;
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

describe('a person', () => {
  it('has what opens something, and all that rules may name them by', () => {
    expect(person('ada', ['approver', 'finance', 'admin'])).toMatchObject({
      roles: ['approver', 'admin'],
      rule_roles: ['approver', 'finance', 'admin'],
    });
  });

  it('never has the role agent: their calls have a name of their own', () => {
    expect(codeOf(create('ada', { kind: 'person', roles: ['approver', 'agent'] }), undefined)).toBe(
      'invalid_request',
    );
    expect(against(roles('ada', ['agent']), person('ada', ['approver']))).toBe('invalid_request');
  });

  it('is given roles and loses them, and what they do not have is said', () => {
    const changed = decide(
      roles('ada', ['audit-team', 'auditor'], ['finance']),
      person('ada', ['finance']),
      NOW,
    );
    expect(changed.type).toBe('aegis.identity.roles_changed.v1');
    expect(changed.data.identity).toMatchObject({
      roles: ['auditor'],
      rule_roles: ['audit-team', 'auditor'],
    });
    expect(codeOf(roles('ada', [], ['support']), person('ada', ['finance']))).toBe('invalid_request');
  });

  it('is not named as others are by a role, nor has a role that is a person, however it is written', () => {
    const ada = person('ada', ['approver', 'finance']);
    for (const name of ['finance', 'Finance', 'f1nance'])
      expect(against(create(name, { kind: 'person', roles: ['approver'] }), undefined, ada)).toBe(
        'invalid_request',
      );
    for (const role of ['ada', 'Ada'])
      expect(against(roles('bob', [role]), person('bob', ['approver'], 51), ada)).toBe('invalid_request');
  });

  it('has a key that nobody else has', () => {
    const same = create('bob', { kind: 'person', roles: ['approver'], key: { digest: digestOf(50) } });
    expect(against(same, undefined, person('ada', ['approver']))).toBe('invalid_request');
  });
});

describe('the last admin', () => {
  const ada = person('ada', ['approver', 'admin']);
  const bob = person('bob', ['admin'], 51);
  const revokedBob = decide({ type: 'revoke', name: 'bob', by }, bob, NOW, [ada]).data.identity;
  const takeAway: readonly IdentityCommand[] = [
    { type: 'remove', name: 'ada', by },
    { type: 'revoke', name: 'ada', by },
    roles('ada', ['auditor'], ['admin']),
    roles('ada', ['admin'], ['admin']),
  ];

  it.each(takeAway)('stays: $type', (command) => {
    expect(against(command, ada)).toBe('last_admin');
    expect(against(command, ada, person('cyd', ['auditor'], 52))).toBe('last_admin');
    // Nobody can act by a key that is over.
    expect(against(command, ada, revokedBob)).toBe('last_admin');
    expect(against(command, ada, bob)).toMatch(/^aegis/);
  });

  it('is who recovers it, by the new key alone, whatever roles were there', () => {
    const lost = person('ada', ['approver', 'finance']);
    const command: IdentityCommand = { type: 'recover', name: 'ada', key: { digest: digestOf(60) }, by };
    const { type, data } = decide(command, lost, NOW);
    expect([type, data.identity.roles, data.identity.rule_roles]).toEqual([
      'aegis.identity.recovered.v1',
      ['approver', 'admin'],
      ['approver', 'finance', 'admin'],
    ]);
    expect(data.identity.keys.map(({ digest, revoked_at }) => [digest, revoked_at !== undefined])).toEqual([
      [digestOf(50), true],
      [digestOf(60), false],
    ]);
    expect(decide(command, undefined, NOW).data.identity).toMatchObject({ name: 'ada', kind: 'person' });
    expect(codeOf({ ...command, name: 'billing' }, after(create()))).toBe('name_taken');
    expect(codeOf({ ...command, name: 'Ada' }, lost)).toBe('name_taken');
  });
});

it('a key that has ended already is not made', () => {
  expect(codeOf(create('billing', { key: { digest: digestOf(0), expires_at: AT } }), undefined)).toBe(
    'invalid_request',
  );
  const ended = { ...rotate(1, 0), key: { digest: digestOf(1), expires_at: AT } } as IdentityCommand;
  expect(codeOf(ended, after(create()))).toBe('invalid_request');
});

describe('a rotated key', () => {
  it('stays good for the overlap, and no longer than it would have been', () => {
    const ends = new Date(NOW.getTime() + 11 * MINUTE).toISOString();
    expect(after(create(), rotate(1, 10 * MINUTE))?.keys).toEqual([
      { digest: digestOf(0), created_at: AT, expires_at: ends },
      { digest: digestOf(1), created_at: new Date(NOW.getTime() + MINUTE).toISOString() },
    ]);
    const long = after(create(), rotate(1, 3650 * 86_400_000));
    expect(long?.keys[0]?.expires_at).toBe(LATER);
  });

  it('ends at once without an overlap', () => {
    const at = new Date(NOW.getTime() + MINUTE).toISOString();
    expect(after(create(), rotate(1, 0))?.keys[0]?.expires_at).toBe(at);
  });

  it('a revoked one stays revoked', () => {
    const state = after(create(), { type: 'revoke', name: 'billing', by }, rotate(1, MINUTE));
    expect(state?.keys.map(({ revoked_at }) => revoked_at !== undefined)).toEqual([true, false]);
  });
});

it('those that are over make room, the oldest first; where all are good there is no more', () => {
  const over = after(create(), ...Array.from({ length: MOST_KEYS + 5 }, (_, i) => rotate(i + 1, 0)));
  expect(over?.keys).toHaveLength(MOST_KEYS);
  expect(over?.keys.at(-1)?.digest).toBe(digestOf(MOST_KEYS + 5));
  expect(over?.keys[0]?.digest).toBe(digestOf(6));
  const day = 86_400_000;
  const good = after(create(), ...Array.from({ length: MOST_KEYS - 1 }, (_, i) => rotate(i + 1, day)));
  expect(good?.keys).toHaveLength(MOST_KEYS);
  expect(codeOf(rotate(99, day), good)).toBe('too_many_requests');
});

it.each([
  ['revoke', 'aegis.identity.key_revoked.v1', false],
  ['remove', 'aegis.identity.removed.v1', true],
] as const)('%s ends every key, at once', (type, event, isRemoved) => {
  const command = { type, name: 'billing', by } as const;
  const { type: happened, data } = decide(command, after(create(), rotate(1, MINUTE)), NOW);
  expect([happened, data.by, data.identity.removed_at !== undefined]).toEqual([event, by, isRemoved]);
  expect(data.identity.keys.map(({ revoked_at }) => revoked_at)).toEqual([AT, AT]);
});

const as = (key: Identity['keys'][number], side: 'agent' | 'person') => ({ ...key, as: side });
const both = (): Identity => {
  const of = person('billing', ['approver', 'admin']);
  const key = { digest: digestOf(1), created_at: AT };
  return {
    ...of,
    roles: ['agent', ...of.roles],
    keys: [as(key, 'agent'), { ...key, digest: digestOf(2) }],
  };
};

const keysAfter = (command: object): string[] =>
  decide({ ...rotate(3, 0), ...command }, both(), NOW, [
    person('root', ['admin'], 60),
  ]).data.identity.keys.map(({ digest, as: side = 'person', expires_at, revoked_at }) =>
    [digest.slice(-1), side, (expires_at ?? revoked_at) ? 'over' : 'good'].join(' '),
  );

describe('a name that is an agent and a person', () => {
  it.each([
    ['rotates the agent’s, where it is not said', {}, ['1 agent over', '2 person good', '3 agent good']],
    ['rotates the person’s', { as: 'person' }, ['1 agent good', '2 person over', '3 person good']],
    ['revokes the agent’s, where it is not said', { type: 'revoke' }, ['1 agent over', '2 person good']],
    ['revokes the person’s', { type: 'revoke', as: 'person' }, ['1 agent good', '2 person over']],
    ['recovers the person’s', { type: 'recover' }, ['1 agent good', '2 person over', '3 person good']],
    ['removes both', { type: 'remove' }, ['1 agent over', '2 person over']],
  ])('%s', (_, command, keys) => {
    expect(keysAfter(command)).toEqual(keys);
  });

  it('is no admin by the key of the agent', () => {
    const command = { ...rotate(3, 0), type: 'revoke', as: 'person' } as IdentityCommand;
    expect(codeOf(command, both())).toBe('last_admin');
  });

  it('is one of them alone, where it is not both', () => {
    expect(codeOf({ ...rotate(3, 0), as: 'person' } as IdentityCommand, after(create()))).toBe(
      'invalid_request',
    );
  });
});
