// @ts-check
/** A firewall that is started without the caller's PATH finds programs here. */
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What only AegisMCP is to know: what approves, what speaks in its name or the agent's, and where all that is kept. */
export const WITHHELD = [
  'APPROVAL_CODE',
  'APPROVAL_CODE_DIGEST',
  'APPROVAL_CODE_FILE',
  'MCP_APPROVAL_CODE',
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
  for (const name of WITHHELD) delete rest[name];
  return rest;
}

/**
 * The environment of a firewall that is started for a server: the caller's, without what the server's entry sets for the
 * server. Whoever wrote the entry is not to say where a firewall listens or who approves.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} ofServer names, of whatever case where the system knows none
 * @returns {NodeJS.ProcessEnv}
 */
export function firewallEnv(env, ofServer) {
  const names = new Set(ofServer.map((name) => name.toUpperCase()));
  const rest = Object.entries(env).filter(([name]) => !names.has(name.toUpperCase()));
  return {
    ...(process.platform !== 'win32' && names.has('PATH') && { PATH: USUAL_PATH }),
    ...Object.fromEntries(rest),
  };
}
