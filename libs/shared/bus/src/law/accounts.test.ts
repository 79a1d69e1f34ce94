import { expect, test } from 'vitest';
import { type Account, accountOf, accounts } from './accounts.ts';
import { IDENTITIES, type Identity } from './identities.ts';
import { permissionsOf } from './permissions.ts';

const all = accounts();
const named = (name: string): Account => {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no account ${name}`);
  return found;
};
const subjects = (list: readonly { subject: string }[]) => list.map(({ subject }) => subject).toSorted();

/** Whether some subject is in both patterns. */
function overlap(one: readonly string[], other: readonly string[]): boolean {
  const [a, ...as] = one;
  const [b, ...bs] = other;
  if (a === '>' || b === '>') return a !== undefined && b !== undefined;
  if (a === undefined || b === undefined) return a === b;
  return (a === b || a === '*' || b === '*') && overlap(as, bs);
}

const STORES = ['AEGIS', 'AEGIS_CHECKS', 'AEGIS_TIMERS', 'AEGIS_DELIVERIES', 'AEGIS_DELIVERED'];

test('each stream is alone in its account, where no user is; each user is alone in one without streams', () => {
  expect(all.filter(({ jetstream }) => jetstream).map(({ name }) => name)).toEqual(STORES);
  expect(all.filter(({ user, jetstream }) => (user === undefined) === jetstream)).toEqual(all);
  expect(all.flatMap(({ user }) => user ?? [])).toEqual([...IDENTITIES]);
});

test('no account of a stream imports anything: what is delivered in it goes nowhere else', () => {
  for (const name of STORES) expect(named(name).imports).toEqual([]);
});

test('what is exported is exported to those who import it, by name, and to nobody else', () => {
  for (const { name, exports } of all) {
    for (const { kind, subject, to } of exports) {
      const importers = all.filter(({ imports }) =>
        imports.some((one) => one.kind === kind && one.from === name && one.subject === subject),
      );
      expect(to, `${name}: ${subject}`).toEqual(importers.map((one) => one.name));
      expect(to).not.toEqual([]);
    }
  }
  const exported = all.flatMap(({ exports }) => exports.flatMap(({ to }) => to));
  expect(exported).toHaveLength(all.flatMap(({ imports }) => imports).length);
});

test.each(IDENTITIES.filter((identity) => identity !== 'admin'))(
  '%s imports what it may publish',
  (identity) => {
    const services = named(accountOf(identity)).imports.filter(({ kind }) => kind === 'service');
    const needed = permissionsOf(identity).publish.filter(
      (subject) => !subject.startsWith(`aegis.rpc.${identity}.`),
    );
    // The server's own answers to requests for JetStream are switched off by this one, and no user may ask it.
    const info = services.some(({ subject }) => subject.startsWith('$JS.')) ? ['$JS.API.INFO'] : [];
    expect(subjects(services)).toEqual([...needed, ...info].toSorted());
    expect(needed).not.toContain('$JS.API.INFO');
  },
);

test.each(all.map(({ name }) => name))(
  '%s imports nothing twice, for it would be stored or asked twice',
  (name) => {
    const services = named(name).imports.filter(({ kind }) => kind === 'service');
    const doubled = services.flatMap((one, index) =>
      services
        .slice(index + 1)
        .filter((other) => overlap(one.subject.split('.'), other.subject.split('.')))
        .map((other) => [one.subject, other.subject]),
    );
    expect(doubled).toEqual([]);
  },
);

/** Who writes to each stream, and hears what it hands on. */
const WRITERS: Readonly<Record<string, readonly Identity[]>> = {
  AEGIS: ['admin', 'policy', 'enforcer', 'approvals', 'notifier', 'audit', 'mcp'],
  AEGIS_CHECKS: ['policy'],
  AEGIS_TIMERS: ['approvals'],
  AEGIS_DELIVERIES: ['notifier'],
  AEGIS_DELIVERED: ['notifier'],
};

test.each(STORES)('%s is written to by those who are meant to', (name) => {
  const written = named(name).exports.filter(
    ({ kind, subject }) => kind === 'service' && !subject.startsWith('$JS.'),
  );
  const writers = new Set(written.flatMap(({ to }) => to));
  expect([...writers].toSorted()).toEqual(WRITERS[name]?.map((identity) => accountOf(identity)).toSorted());
});

test('what is stored is heard by the gateway and by readers, and by nobody else', () => {
  const heard = all.flatMap(({ name, exports }) =>
    exports.filter(({ kind }) => kind === 'stream').map(({ subject, to }) => ({ name, subject, to })),
  );
  const to = ['AEGIS-gateway', 'AEGIS-reader'];
  expect(heard).toEqual([
    { name: 'AEGIS', subject: 'aegis.events.>', to },
    { name: 'AEGIS_CHECKS', subject: 'aegis.events.decision.check.>', to },
  ]);
});

test('nobody imports from itself: what it asks itself would come twice', () => {
  for (const { name, imports } of all) expect(imports.filter(({ from }) => from === name)).toEqual([]);
});

test('a question is exported by the service that answers it', () => {
  expect(
    named('AEGIS-approvals').exports.find(({ subject }) => subject === 'aegis.rpc.approvals.decide'),
  ).toEqual({ kind: 'service', subject: 'aegis.rpc.approvals.decide', many: false, to: ['AEGIS-gateway'] });
  expect(named('AEGIS-mcp').exports.find(({ subject }) => subject === 'aegis.alive.*')?.to).toEqual([
    'AEGIS-enforcer',
  ]);
});

test('another set of accounts, of fewer identities, shares no name with the first', () => {
  const others = accounts(['admin', 'audit'], 'ACME');
  expect(others.map(({ name }) => name)).toEqual([
    'ACME',
    'ACME_CHECKS',
    'ACME_TIMERS',
    'ACME_DELIVERIES',
    'ACME_DELIVERED',
    'ACME-admin',
    'ACME-audit',
  ]);
  const spoken = others.flatMap(({ exports, imports }) => [
    ...exports.flatMap(({ to }) => to),
    ...imports.map(({ from }) => from),
  ]);
  expect(spoken.filter((name) => !name.startsWith('ACME'))).toEqual([]);
});
