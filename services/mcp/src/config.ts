import { LimitsEnv } from '@aegis/contracts/limits';
import { OwnEnv } from '@aegis/firewall/own';
import { AllowanceEnv, amount } from '@aegis/kit/allowance';
import { BusEnv, consoleUrl, durationMs, hostNames, port } from '@aegis/kit/env';
import { ReachEnv } from '@aegis/kit/reach';
import { z } from 'zod';

/** Comma separated; spaces around a key don't count. */
const keys = z
  .string()
  .default('')
  .transform((list) => new Set(list.split(',').flatMap((key) => key.trim() || [])));

const COUNT_EXPECTED = 'expected a whole number from 1 on';

/** The environment of the MCP service over HTTP. */
export const McpEnv = BusEnv.extend({
  ...OwnEnv.shape,
  ...AllowanceEnv.shape,
  ...LimitsEnv.shape,
  PORT: port.optional(),
  ...ReachEnv.shape,
  MCP_PORT: port.default(8001),
  REQUEST_TIMEOUT_MS: durationMs.default(1_500),
  /** Host names, comma separated, that requests may name beside localhost and the bound host. */
  ALLOWED_HOSTS: hostNames,
  /** The MCP servers behind the firewall, as clients describe them; a missing file means that there are none. */
  MCP_SERVERS: z.string().default('mcp-servers.json'),
  /** Names and digests of API keys, as `aegis keys` writes them; without it nobody needs a key. */
  MCP_KEYS_FILE: z.string().optional(),
  /** Made once there is a keys file: with it nobody needs a key until then. Without it everybody does from the start. */
  MCP_KEYS_NEEDED_FILE: z.string().optional(),
  /** Folder of the socket and the credential for relays (`aegis wrap`, `aegis mcp`); without it none come in. */
  AGENT_DIR: z.string().optional(),
  /** Folder of the socket instead, where agents of other users come in: its group may use it, and a key says who it is. */
  AEGIS_SOCKET_DIR: z.string().optional(),
  /** Where people find the console that decides approvals. */
  CONSOLE_URL: consoleUrl,
  /** How long a server behind the firewall may say nothing before its answer is given up. */
  MCP_ANSWER_TIMEOUT_MS: durationMs.default(300_000),
  /** How long a process without work and without a listening client lives. */
  MCP_IDLE_MS: durationMs.default(600_000),
  /** Keys of `_meta`, comma separated, that clients fill with an id of the moment: an approval is not bound to them. */
  MCP_UNBOUND_META: keys,
  /** Definitions of tools of one server, and their KiB, that are put on record at once, and an hour after that. */
  DEFINITIONS_AT_ONCE: amount.default(2_000),
  DEFINITIONS_PER_HOUR: amount.default(500),
  DEFINITIONS_KIB_AT_ONCE: amount.default(32_768),
  DEFINITIONS_KIB_PER_HOUR: amount.default(8_192),
  /** Processes of stdio servers at the same time. */
  MCP_MAX_PROCESSES: z.coerce.number(COUNT_EXPECTED).int(COUNT_EXPECTED).min(1, COUNT_EXPECTED).default(32),
});
export type McpConfig = z.output<typeof McpEnv>;
