import { describe, expect, it } from 'vitest';
import { CreateIdentity, IdentityName, identityIdFor } from './identities.ts';
import { readEvent } from './read-event.ts';
import { identityLog } from './subjects.ts';
import { fixtureOf } from './testing/fixtures.ts';

describe('a name that only looks like another', () => {
  it.each([
    ['Billing', 'billing'],
    ['BILLING', 'billing'],
    ['bi11ing', 'billing'],
    ['b0t', 'bot'],
    ['rnail', 'mail'],
    ['vvorker', 'worker'],
  ])('%s is the same identity as %s', (one, other) => expect(identityIdFor(one)).toBe(identityIdFor(other)));

  it.each([
    ['billing', 'billing2'],
    ['a.b', 'a-b'],
    ['ci', 'cd'],
  ])('%s is another one than %s', (one, other) => expect(identityIdFor(one)).not.toBe(identityIdFor(other)));

  it.each([
    'admin',
    'Admin',
    'adrnin',
    'agent',
    'auditor',
    'approval-code',
    'APPROVAL-CODE',
    '',
    'a b',
    'ünal',
    '-x',
  ])('nobody is called %j', (name) => expect(IdentityName.safeParse(name).success).toBe(false));
});

it('somebody has at least one role', () => {
  const request = {
    name: 'ci',
    kind: 'agent',
    roles: [],
    key: { digest: `sha256:${'a'.repeat(64)}` },
    by: 'os-user:ada',
  };
  expect(CreateIdentity.safeParse(request).success).toBe(false);
});

describe('an event of an identity', () => {
  const { data, ...envelope } = fixtureOf('aegis.identity.created.v1');
  const read = (identity: object, id: string = data.identity.identity_id) =>
    readEvent({ subject: identityLog(id), event: { ...envelope, data: { ...data, identity } } });

  it('is read on its own subject', () => expect(read(data.identity)).toBeDefined());

  it.each([
    ['on the subject of another', data.identity, identityIdFor('other')],
    ['whose id is not that of its name', { ...data.identity, name: 'other' }, data.identity.identity_id],
    [
      'with a limit that only a newer version knows',
      { ...data.identity, only_from: '10.0.0.0/8' },
      undefined,
    ],
  ])('is read by nobody %s', (_, identity, id) => expect(read(identity, id)).toBeUndefined());
});
