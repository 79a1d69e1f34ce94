// @ts-check
/** What only AegisMCP is to know: what approves, what speaks in its name or the agent's, and where all that is kept. */
const SECRETS = [
  'APPROVAL_CODE',
  'APPROVAL_CODE_DIGEST',
  'APPROVAL_CODE_FILE',
  'AEGIS_APPROVER_KEY',
  'AEGIS_AGENT_ADDRESS',
  'AEGIS_AGENT_KEY',
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
];

/**
 * The environment of a server behind the firewall: the caller's, without AegisMCP's own secrets.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function serverEnv(env) {
  const rest = { ...env };
  for (const name of SECRETS) delete rest[name];
  return rest;
}
