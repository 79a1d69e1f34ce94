import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BusEnv, ConfigError, consoleUrl, durationMs, hostNames, port } from '@aegis/kit/env';
import { z } from 'zod';

const MINIMUM_LENGTH = 6;
const COUNT_EXPECTED = 'expected a whole number from 1 to 10000';
const count = z.coerce
  .number(COUNT_EXPECTED)
  .int(COUNT_EXPECTED)
  .min(1, COUNT_EXPECTED)
  .max(10_000, COUNT_EXPECTED);

/** 128 bits, in letters that a person can copy. */
export const makeApprovalCode = (): string => randomBytes(16).toString('base64url');

export const ApprovalsEnv = BusEnv.extend({
  /** Who knows it may approve. At least 6 characters; the launcher makes one where none is set. */
  APPROVAL_CODE: z.string().min(MINIMUM_LENGTH, `use ${MINIMUM_LENGTH} or more characters`).optional(),
  /** The file that holds it, where `APPROVAL_CODE` is not set. */
  APPROVAL_CODE_FILE: z.string().optional(),
  /** How long a pending approval may be decided, in milliseconds. */
  APPROVAL_DECIDE_WITHIN_MS: durationMs.default(3_600_000),
  /** How long an approved one may be used, in milliseconds. */
  APPROVAL_USE_WITHIN_MS: durationMs.default(300_000),
  /** How many of one agent's calls may wait for people at the same time. */
  APPROVAL_MAX_PENDING_PER_AGENT: count.default(50),
  /** Names, roles and digests of keys, as `aegis approvers add` writes them; without it only the code approves. */
  APPROVERS_FILE: z.string().optional(),
  /**
   * The secret that sessions of the console are signed with; made where it is missing. Without it they end with the process.
   */
  SESSION_SECRET_FILE: z.string().optional(),
  /** Where people find the console; with https its cookie is sent over TLS only. */
  CONSOLE_URL: consoleUrl,
  /** Where the page is served for the gateway. */
  APPROVALS_HOST: z.string().default('127.0.0.1'),
  APPROVALS_PORT: port.default(8090),
  /** Names with a dot, comma separated, by which the gateway may know the page's host. */
  ALLOWED_HOSTS: hostNames,
});
export type ApprovalsConfig = z.output<typeof ApprovalsEnv>;

/** The code in force: the variable's, else the file's. @throws ConfigError where there is none, or a short one */
export function approvalCodeOf(
  config: Pick<ApprovalsConfig, 'APPROVAL_CODE' | 'APPROVAL_CODE_FILE'>,
): string {
  const { APPROVAL_CODE: code, APPROVAL_CODE_FILE: file } = config;
  if (code !== undefined) return code;
  if (file === undefined) {
    throw new ConfigError(`APPROVAL_CODE: is needed: set a code of ${MINIMUM_LENGTH} or more characters`);
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`APPROVAL_CODE_FILE: ${file} can not be read; set APPROVAL_CODE instead`, {
      cause,
    });
  }
  if (text.length >= MINIMUM_LENGTH) return text;
  throw new ConfigError(`APPROVAL_CODE_FILE: ${file} needs a code of ${MINIMUM_LENGTH} or more characters`);
}
