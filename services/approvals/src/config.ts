import { randomBytes } from 'node:crypto';
import { BusEnv, durationMs, port } from '@aegis/shared/runtime/env';
import { z } from 'zod';

/** 128 bits, in letters that a person can copy. */
export const makeApprovalCode = (): string => randomBytes(16).toString('base64url');

export const ApprovalsEnv = BusEnv.extend({
  /** Who knows it may approve. At least 6 characters; the launcher makes one where none is set. */
  APPROVAL_CODE: z.string('is needed: set a code of 6 or more characters').min(6, 'use 6 or more characters'),
  /** How long a pending approval may be decided, in milliseconds. */
  APPROVAL_DECIDE_WITHIN_MS: durationMs.default(3_600_000),
  /** How long an approved one may be used, in milliseconds. */
  APPROVAL_USE_WITHIN_MS: durationMs.default(300_000),
  /** Where the page is served for the gateway. */
  APPROVALS_HOST: z.string().default('127.0.0.1'),
  APPROVALS_PORT: port.default(8090),
});
export type ApprovalsConfig = z.output<typeof ApprovalsEnv>;
