import { join, resolve } from 'node:path';
import { CodeEnv, codeDigest, codeInForce, makeApprovalCode } from '@aegis/approvals/config';
import { type Env, logLevel, parseEnv, port } from '@aegis/kit/env';
import { ReachEnv } from '@aegis/kit/reach';
import { z } from 'zod';
import { besideData, dataDirOf } from '../../../relay/data-directory.js';
import { keysFiles } from '../../keys/keys-files.ts';

const UpEnv = z.object({
  /** 0 = any free port. */
  AEGIS_NATS_PORT: port.default(4222),
  /** A NATS server of your own; without it one is started here. */
  NATS_URL: z.string().optional(),
  /** Folder of the nkey seeds for that server, as `aegis broker configure` makes it. */
  NATS_KEYS_DIR: z.string().optional(),
  ...ReachEnv.shape,
  PORT: port.default(8000),
  MCP_PORT: port.default(8001),
  POLICY_PATH: z.string().optional(),
  AUDIT_PATH: z.string().optional(),
  APPROVALS_PATH: z.string().optional(),
  ...CodeEnv.shape,
  /** The MCP servers behind `/mcp/<server>`. */
  MCP_SERVERS: z.string().optional(),
  /** Keys of MCP clients over HTTP. */
  MCP_KEYS_FILE: z.string().optional(),
  /** Who may decide, each with a key of their own. */
  APPROVERS_FILE: z.string().optional(),
  /** Who is told of what waits. */
  WEBHOOKS_FILE: z.string().optional(),
  /** What signs the console's sessions; made where it is not there. */
  SESSION_SECRET_FILE: z.string().optional(),
  LOG_LEVEL: logLevel.default('warn'),
});

export type UpConfig = ReturnType<typeof readUpConfig>;

/**
 * The environment of `aegis up`: files in the data directory, and, where a person can read it and nothing else keeps it, a
 * code made where none is set.
 * @throws ConfigError
 */
export function readUpConfig(env: Env, isTerminal: boolean) {
  const { APPROVAL_CODE, APPROVAL_CODE_DIGEST, ...config } = parseEnv(UpEnv, env);
  const isSet = APPROVAL_CODE !== undefined || APPROVAL_CODE_DIGEST !== undefined;
  const madeCode = isTerminal && !isSet ? makeApprovalCode() : undefined;
  const dataDir = resolve(dataDirOf(env));
  return {
    ...config,
    AEGIS_DATA_DIR: dataDir,
    POLICY_PATH: config.POLICY_PATH ?? besideData('policy.yml', env),
    MCP_SERVERS: config.MCP_SERVERS ?? besideData('mcp-servers.json', env),
    AUDIT_PATH: config.AUDIT_PATH ?? join(dataDir, 'audit.jsonl'),
    APPROVALS_PATH: config.APPROVALS_PATH ?? join(dataDir, 'approvals.jsonl'),
    /** The code that was made where nobody set one: it must be shown once. */
    madeCode,
    /** What is kept of the code in force; undefined where there is none. */
    codeDigest:
      madeCode === undefined ? codeInForce({ APPROVAL_CODE, APPROVAL_CODE_DIGEST }) : codeDigest(madeCode),
    APPROVERS_FILE: config.APPROVERS_FILE ?? join(dataDir, 'approvers.json'),
    WEBHOOKS_FILE: config.WEBHOOKS_FILE ?? join(dataDir, 'webhooks.json'),
    SESSION_SECRET_FILE: config.SESSION_SECRET_FILE ?? join(dataDir, 'session-secret'),
    ...keysFiles(config, dataDir),
  };
}
