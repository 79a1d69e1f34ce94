import { APPROVER_KEY_PREFIX } from '@aegis/contracts/approvers-file';
import { type Identity, identityIdFor } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import { keyDigest, makeIdentityKey, makeKey } from '@aegis/kit/keys';
import { createMutex } from '@aegis/kit/mutex';
import { expect, it } from 'vitest';
import { createApprovers } from './approvers.ts';

const AT = '2026-01-05T09:30:00.000Z';
const ada = makeKey(APPROVER_KEY_PREFIX);
const agent = makeKey('aegis');

const identity = (name: string, key: string, more: Partial<Identity>): [string, Identity] => [
  key,
  {
    identity_id: identityIdFor(name),
    name,
    kind: 'person',
    roles: ['approver'],
    keys: [{ digest: keyDigest(key), created_at: AT }],
    created_at: AT,
    ...more,
  },
];

/** People as the log has them, and how many wrong codes were counted. */
function approversOf(...people: [string, Identity][]) {
  const holders = new Map(people);
  let wrong = 0;
  const approvers = createApprovers({
    identities: {
      keyHolder: (key) => Promise.resolve(holders.get(key)),
      personNamed: (name) => {
        const found = [...holders.values()].find((one) => one.name === name);
        return found && { identity: found, digests: found.keys.map(({ digest }) => digest) };
      },
      hasSomebody: (role) => [...holders.values()].some(({ roles }) => roles.includes(role)),
      requireKnown: () => Promise.resolve(),
    },
    code: undefined,
    wrongCodes: { wrongCodesSince: () => [], countWrongCode: () => void wrong++ },
    codesOneByOne: createMutex(),
    now: () => new Date(AT),
  });
  const says = (
    secret: string,
    ask: 'authenticate' | 'authorizeOperator' | 'authorizeForTools' = 'authenticate',
  ) =>
    approvers[ask]({ secret, source: 'here' }).then(
      ({ name }) => name,
      (thrown: AppError) => thrown.code,
    );
  return { approvers, says, wrong: () => wrong };
}

it('a person decides by a key of theirs, of either look, and an agent by none', async () => {
  const key = makeIdentityKey();
  const { says, wrong } = approversOf(
    identity('ada', ada, {}),
    identity('bob', key, {}),
    identity('ci', agent, { kind: 'agent', roles: ['agent'] }),
  );
  expect([await says(ada), await says(key), await says(agent)]).toEqual(['ada', 'bob', 'unauthorized']);
  expect([await says(makeIdentityKey()), await says(`${ada}x`)]).toEqual(['unauthorized', 'unauthorized']);
  expect(wrong()).toBe(0);
});

it.each<[roles: string[], decides: string, tells: string, accepts: string]>([
  [['approver'], 'ada', 'not_an_approver', 'ada'],
  [['approver', 'operator'], 'ada', 'ada', 'ada'],
  [['operator'], 'not_an_approver', 'ada', 'ada'],
  [['admin'], 'not_an_approver', 'ada', 'not_an_approver'],
  [['auditor'], 'not_an_approver', 'not_an_approver', 'not_an_approver'],
])('what a person may do is what they have a role for: %j', async (roles, decides, tells, accepts) => {
  const { says, approvers } = approversOf(identity('ada', ada, { roles, rule_roles: ['approver', 'admin'] }));
  expect([await says(ada), await says(ada, 'authorizeOperator')]).toEqual([decides, tells]);
  expect(await says(ada, 'authorizeForTools')).toBe(accepts);
  const session = approvers.known('ada', (keyId) => keyId === keyDigest(ada));
  expect([session?.name, approvers.byName('ada')?.name]).toEqual(
    decides === 'ada' ? ['ada', 'ada'] : [undefined, undefined],
  );
  expect(approvers.known('ada', () => false)).toBeUndefined();
});

it('what somebody said counts by the key that they said it with; where none is on record, by the name, as before', async () => {
  const [first, second] = [makeIdentityKey(), makeIdentityKey()];
  const keysOf = (revoked_at?: string) => ({
    keys: [
      { digest: keyDigest(first), created_at: AT, expires_at: AT, revoked_at },
      { digest: keyDigest(second), created_at: AT },
    ],
  });
  const before = approversOf(identity('ada', first, {})).approvers;
  const { keyMark } = await before.authenticate({ secret: first, source: 'here' });
  expect(keyMark).toMatch(/^[0-9a-f]{16}$/);
  expect(before.known('ada', () => true)?.keyMark).toBe(keyMark);
  const rotated = approversOf(identity('ada', second, keysOf())).approvers;
  const revoked = approversOf(identity('ada', second, keysOf(AT))).approvers;
  const madeAnew = approversOf(identity('ada', second, {})).approvers;
  const said = [before, rotated, revoked, madeAnew].map((one) => one.byName('ada', keyMark)?.name);
  expect(said).toEqual(['ada', 'ada', undefined, undefined]);
  expect(madeAnew.byName('ada')?.name).toBe('ada');
});
