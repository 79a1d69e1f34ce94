type Env = Readonly<Record<string, string | undefined>>;

/** What only AegisMCP is to know: the code that approves, and what opens the bus. */
const SECRETS = [
  'APPROVAL_CODE',
  'APPROVAL_CODE_FILE',
  'NATS_URL',
  'NATS_NKEY_FILE',
  'NATS_KEYS_DIR',
] as const;

/** The environment of a server behind the firewall: the caller's, without AegisMCP's own secrets. */
export const serverEnv = (env: Env): NodeJS.ProcessEnv => {
  const rest: NodeJS.ProcessEnv = { ...env };
  for (const name of SECRETS) delete rest[name];
  return rest;
};
