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
  'AEGIS_KEY',
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
 * `aegis protect` writes this before the name of each variable that an entry sets for its server: so none of them is read by
 * what starts the server, the loader of its Node and a firewall that it starts included.
 */
export const OF_SERVER = 'AEGIS_SERVER_ENV_';

const isOfServer = (/** @type {string} */ name) => name.toUpperCase().startsWith(OF_SERVER);

/**
 * The environment of a server behind the firewall: the caller's, without AegisMCP's own secrets, and whole all that its
 * entry sets for it, whatever its name.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} [ofServer] variables that are the server's under their own names, as earlier versions wrote
 * @returns {NodeJS.ProcessEnv}
 */
export function serverEnv(env, ofServer = []) {
  /** @type {NodeJS.ProcessEnv} */
  const rest = {};
  /** @type {NodeJS.ProcessEnv} */
  const own = {};
  for (const [name, value] of Object.entries(env)) {
    if (isOfServer(name)) own[name.slice(OF_SERVER.length)] = value;
    else if (!WITHHELD.includes(name) || ofServer.includes(name)) rest[name] = value;
  }
  if (process.platform === 'win32') {
    const names = new Set(Object.keys(own).map((name) => name.toUpperCase()));
    for (const name of Object.keys(rest)) if (names.has(name.toUpperCase())) delete rest[name];
  }
  return { ...rest, ...own };
}

/**
 * The environment in which a wrap looks for its firewall, or starts one: the caller's, without what is the server's. Whoever
 * wrote an entry is not to say where a firewall listens or who approves.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} ofServer as above; of whatever case where the system knows none
 * @returns {NodeJS.ProcessEnv}
 */
export function firewallEnv(env, ofServer) {
  const names = new Set(ofServer.map((name) => name.toUpperCase()));
  const rest = Object.entries(env).filter(([name]) => !isOfServer(name) && !names.has(name.toUpperCase()));
  return {
    ...(process.platform !== 'win32' && names.has('PATH') && { PATH: USUAL_PATH }),
    ...Object.fromEntries(rest),
  };
}
