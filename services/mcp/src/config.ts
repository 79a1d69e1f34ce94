import { BusEnv, durationMs, hostNames, port } from '@aegis/shared/runtime/env';
import { z } from 'zod';

/** The environment of the MCP service over HTTP. */
export const McpEnv = BusEnv.extend({
  HOST: z.string().default('127.0.0.1'),
  MCP_PORT: port.default(8001),
  REQUEST_TIMEOUT_MS: durationMs.default(1_500),
  /** Host names, comma separated, that requests may name beside localhost and the bound host. */
  ALLOWED_HOSTS: hostNames,
});
export type McpConfig = z.output<typeof McpEnv>;
