import { AllowanceEnv, amount } from '@aegis/kit/allowance';
import { DiskEnv } from '@aegis/kit/disk';
import { BusEnv } from '@aegis/kit/env';
import { z } from 'zod';

/** Where the two files are; their folders are made. A folder that several hosts share needs working POSIX locks. */
export const AuditEnv = BusEnv.extend({
  ...AllowanceEnv.shape,
  ...DiskEnv.shape,
  /** How many subjects the log may have before that is said. */
  LOG_SUBJECTS_WARNING: amount.default(1_000_000),
  AUDIT_PATH: z.string().min(1).default('./data/audit.jsonl'),
  APPROVALS_PATH: z.string().min(1).default('./data/approvals.jsonl'),
});
export type AuditConfig = z.output<typeof AuditEnv>;
