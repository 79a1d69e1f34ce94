import { z } from 'zod';

/**
 * The variables that say what of this machine is the firewall's own. Whoever judges calls reads them, whatever else it
 * reads; `aegis up` hands each service those of the whole firewall.
 */
export const OwnEnv = z.object({
  AEGIS_DATA_DIR: z.string().optional(),
  POLICY_PATH: z.string().optional(),
  MCP_SERVERS: z.string().optional(),
  AUDIT_PATH: z.string().optional(),
  APPROVALS_PATH: z.string().optional(),
  APPROVERS_FILE: z.string().optional(),
  WEBHOOKS_FILE: z.string().optional(),
  SESSION_SECRET_FILE: z.string().optional(),
  APPROVAL_CODE_FILE: z.string().optional(),
  MCP_KEYS_FILE: z.string().optional(),
  NATS_KEYS_DIR: z.string().optional(),
  HOST: z.string().optional(),
  CONSOLE_URL: z.string().optional(),
  /** More places where the firewall listens, such as `gateway:8000`, comma separated; a port alone is one here. */
  OWN_ADDRESSES: z.string().optional(),
});
