import { LimitsEnv } from '@aegis/contracts/limits';
import { AllowanceEnv, amount } from '@aegis/kit/allowance';
import { BusEnv, consoleUrl, durationMs, hostNames, port } from '@aegis/kit/env';
import { DEFAULT_LIMITS } from '@aegis/kit/limits';
import { z } from 'zod';
import { CODE_DIGEST, codeDigest } from './people/code-digest.ts';

export { codeDigest, isRightCode, makeApprovalCode } from './people/code-digest.ts';

const MINIMUM_LENGTH = 6;
const NO_CODE = 'off';
const COUNT_EXPECTED = 'expected a whole number from 1 to 10000';
const count = z.coerce
  .number(COUNT_EXPECTED)
  .int(COUNT_EXPECTED)
  .min(1, COUNT_EXPECTED)
  .max(10_000, COUNT_EXPECTED);

/** Who may approve without being somebody: what `APPROVAL_CODE` says is a digest from here on. */
export const CodeEnv = z.object({
  /** Who knows it may approve. At least 6 characters; `off`: nobody does, whatever else is set. */
  APPROVAL_CODE: z
    .string()
    .refine(
      (code) => code === NO_CODE || code.length >= MINIMUM_LENGTH,
      `use ${MINIMUM_LENGTH} or more characters, or "${NO_CODE}" for none`,
    )
    .transform((code) => (code === NO_CODE ? NO_CODE : codeDigest(code)))
    .optional(),
  /** What is kept of it, from whoever started this process, where `APPROVAL_CODE` is not set. */
  APPROVAL_CODE_DIGEST: z.string().regex(CODE_DIGEST, 'expected scrypt:<43 characters>').optional(),
  /** Not read any more: a file that holds a code is read by agents' file servers. */
  APPROVAL_CODE_FILE: z.string().optional(),
});
type CodeConfig = z.output<typeof CodeEnv>;

/** What is kept of the code in force; undefined where there is none. */
export const codeInForce = ({
  APPROVAL_CODE: code,
  APPROVAL_CODE_DIGEST: digest,
}: CodeConfig): string | undefined => (code === NO_CODE ? undefined : (code ?? digest));

export const ApprovalsEnv = BusEnv.extend({
  ...CodeEnv.shape,
  ...AllowanceEnv.shape,
  ...LimitsEnv.shape,
  /** `accept`: agents may give `APPROVAL_CODE` by the MCP tool `require_approval`, and with it approve anything. */
  MCP_APPROVAL_CODE: z.enum(['refuse', 'accept']).default('refuse'),
  /** How long a pending approval may be decided, in milliseconds. */
  APPROVAL_DECIDE_WITHIN_MS: durationMs.default(3_600_000),
  /** How long an approved one may be used, in milliseconds. */
  APPROVAL_USE_WITHIN_MS: durationMs.default(300_000),
  /** How many of one agent's calls may wait for people at the same time. */
  APPROVAL_MAX_PENDING_PER_AGENT: count.default(DEFAULT_LIMITS.waiting_calls),
  /** How many of all callers' together, beyond which each may have one. */
  APPROVAL_MAX_PENDING: amount.default(100_000),
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
