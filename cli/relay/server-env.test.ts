import { expect, test } from 'vitest';
import { firewallEnv, serverEnv } from './server-env.js';

test.each([
  'APPROVAL_CODE',
  'APPROVAL_CODE_DIGEST',
  'APPROVAL_CODE_DIGEST',
  'APPROVAL_CODE_FILE',
  'AEGIS_APPROVER_KEY',
  'AEGIS_AGENT_ADDRESS',
  'AEGIS_AGENT_KEY',
  'AEGIS_KEY',
  'APPROVERS_FILE',
  'SESSION_SECRET_FILE',
  'WEBHOOKS_FILE',
  'SMTP_URL',
  'MCP_KEYS_FILE',
  'AEGIS_DATA_DIR',
  'NATS_URL',
  'NATS_NKEY_FILE',
  'NATS_KEYS_DIR',
  'POLICY_PATH',
  'MCP_SERVERS',
])('a server behind the firewall does not get %s', (name) => {
  const own = { PATH: '/bin', GITHUB_TOKEN: 'its own' };
  expect(serverEnv({ ...own, [name]: 'x' })).toEqual(own);
});

test.each(['NATS_URL', 'POLICY_PATH', 'SMTP_URL', 'LOG_LEVEL', 'NODE_OPTIONS', 'PATH', 'AEGIS_DATA_DIR'])(
  'a server gets its own %s, whatever it means to the firewall, which does not get it',
  (name) => {
    const caller = { PATH: '/bin', HOME: '/home/ada', POLICY_PATH: '/home/ada/policy.yml' };
    const env = { ...caller, [`AEGIS_SERVER_ENV_${name}`]: 'its own' };
    expect(Object.entries(serverEnv(env))).toContainEqual([name, 'its own']);
    expect(Object.keys(serverEnv(env)).filter((one) => one.startsWith('AEGIS_SERVER_ENV_'))).toEqual([]);
    expect(firewallEnv(env, [])).toEqual(caller);
  },
);

test('a server that an earlier version protected gets what it was named for it, of whatever name', () => {
  const env = { SMTP_URL: 'its own', NATS_URL: 'the firewall’s', LOG_LEVEL: 'INFO' };
  expect(serverEnv(env, ['SMTP_URL', 'LOG_LEVEL'])).toEqual({ SMTP_URL: 'its own', LOG_LEVEL: 'INFO' });
  expect(firewallEnv(env, ['SMTP_URL', 'LOG_LEVEL'])).toEqual({ NATS_URL: 'the firewall’s' });
});

test('a firewall that is started for a server gets nothing that is the server’s alone', () => {
  const env = {
    PATH: '/repo/bin',
    HOST: '0.0.0.0',
    Approvers_File: '/repo/a.json',
    TOKEN: 't',
    HOME: '/home/ada',
  };
  expect(firewallEnv(env, ['TOKEN', 'HOST', 'APPROVERS_FILE'])).toEqual({
    PATH: '/repo/bin',
    HOME: '/home/ada',
  });
  const { PATH = '' } = firewallEnv(env, ['PATH']);
  expect(PATH.split(':')).toContain('/usr/bin');
  expect(PATH).not.toContain('/repo');
});
