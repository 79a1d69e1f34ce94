import { expect, test } from 'vitest';
import { serverEnv } from './server-env.js';

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
