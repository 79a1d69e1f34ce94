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
