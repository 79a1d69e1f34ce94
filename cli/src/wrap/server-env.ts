import type { Env } from '@aegis/kit/env';

/** What only AegisMCP is to know: what approves, what opens the bus and speaks in its name, and where all that is kept. */
const SECRETS = [
  'APPROVAL_CODE',
  'APPROVAL_CODE_FILE',
  'AEGIS_APPROVER_KEY',
  'APPROVERS_FILE',
  'SESSION_SECRET_FILE',
  'WEBHOOKS_FILE',
  'SMTP_URL',
  'NATS_URL',
  'NATS_NKEY_FILE',
  'NATS_KEYS_DIR',
  'AEGIS_DATA_DIR',
  'POLICY_PATH',
  'MCP_SERVERS',
  'MCP_KEYS_FILE',
] as const;

/** The environment of a server behind the firewall: the caller's, without AegisMCP's own secrets. */
export const serverEnv = (env: Env): NodeJS.ProcessEnv => {
  const rest: NodeJS.ProcessEnv = { ...env };
  for (const name of SECRETS) delete rest[name];
  return rest;
};
