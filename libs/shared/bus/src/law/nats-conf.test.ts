import { expect, test } from 'vitest';
import { IDENTITIES, type Identity, type PublicKeys } from './identities.ts';
import { natsConf } from './nats-conf.ts';
import { permissionsOf } from './permissions.ts';

const identities = Object.fromEntries(IDENTITIES.map((name) => [name, `U_${name}`])) as PublicKeys;
const conf = natsConf({ host: '0.0.0.0', port: 4222, storeDir: '/data', identities, httpPort: 8222 });

test('an acknowledged message is on the disk', () => {
  expect(conf).toContain('sync_interval: always');
});

test('every identity has an account of its own with one user, whose permissions are written out', () => {
  for (const identity of IDENTITIES) {
    expect(conf).toMatch(
      new RegExp(`"AEGIS-${identity}": \\{\n    users: \\[\\{ nkey: U_${identity}, permissions: \\{`),
    );
  }
  expect(conf.match(/nkey: /g)).toHaveLength(IDENTITIES.length);
});

test('an identity that may publish nothing is written as a denial, for an empty list would allow all', () => {
  const reader = conf.slice(conf.indexOf('"AEGIS-reader": {'));
  expect(reader).toContain('publish: { deny: ">" }');
  expect(conf).not.toContain('allow: []');
});

test('what an identity may never do is written as a denial beside what it may', () => {
  const mcp = conf.slice(conf.indexOf('"AEGIS-mcp": {'), conf.indexOf('"AEGIS-reader": {'));
  expect(mcp).toMatch(/publish: \{ allow: \[.*\], deny: \[.*MSG\.NEXT\.AEGIS\.notices"\] \}/);
});

test('monitoring is off unless a port is named', () => {
  expect(conf).toContain('http: "0.0.0.0:8222"');
  expect(natsConf({ host: '127.0.0.1', port: -1, storeDir: '/data', identities })).not.toContain('http:');
});

test('the disk is what bounds the log, not three quarters of what was free as the server started', () => {
  expect(natsConf({ host: '127.0.0.1', port: -1, storeDir: '/data', identities })).toContain(
    '  max_file_store: 1125899906842624\n',
  );
});

test('paths with quotes and spaces do not break out of their string', () => {
  expect(natsConf({ host: '127.0.0.1', port: -1, storeDir: '/a "b" c', identities })).toContain(
    'store_dir: "/a \\"b\\" c"',
  );
});

const writersOf = (tree: string): Identity[] =>
  IDENTITIES.filter((identity) =>
    permissionsOf(identity).publish.some((subject) => subject.startsWith(tree)),
  );

test('each tree of the log has the writers that are meant to have it, and no other', () => {
  expect(writersOf('aegis.log.policy')).toEqual(['policy']);
  expect(writersOf('aegis.log.approval')).toEqual(['approvals']);
  expect(writersOf('aegis.log.audit')).toEqual(['audit']);
  // The firewall in the path decides where a rule needs no shared state; approvals stores what its consume allows.
  expect(writersOf('aegis.log.decision')).toEqual(['enforcer', 'approvals', 'mcp']);
  expect(writersOf('aegis.log.call')).toEqual(['enforcer', 'mcp']);
  expect(writersOf('aegis.log.tool.*.accepted')).toEqual(['approvals']);
  expect(writersOf('aegis.log.tool')).toEqual(['approvals', 'mcp']);
  expect(writersOf('aegis.timers')).toEqual(['approvals']);
  for (const own of ['grant', 'waiting']) expect(writersOf(`aegis.log.${own}`)).toEqual(['approvals']);
  for (const own of ['aegis.log.webhook', 'aegis.deliver']) expect(writersOf(own)).toEqual(['notifier']);
});
