import { AuditLine } from '@aegis/shared/contracts/audit';
import { Outcome } from '@aegis/shared/contracts/decision';
import { z } from 'zod';

/** What the gateway answers, as far as the commands read it; everything else in an answer is kept. */
export const CheckAnswer = z.looseObject({
  allowed: z.boolean(),
  approval_required: z.boolean(),
  reasons: z.array(z.string()),
});
export type CheckAnswer = z.infer<typeof CheckAnswer>;

export const EnforceAnswer = z.looseObject({
  allowed: z.boolean(),
  approval_required: z.boolean(),
  status: Outcome,
  reasons: z.array(z.string()),
  approval_id: z.string().nullish(),
  dry_run_id: z.string().nullish(),
});
export type EnforceAnswer = z.infer<typeof EnforceAnswer>;

export const ApprovalItem = z.looseObject({
  approval_id: z.string(),
  dry_run_id: z.string(),
  status: z.string(),
  ts: z.string(),
  tool: z.string(),
  op: z.string().nullish(),
  amount_cents: z.number().nullish(),
});
export type ApprovalItem = z.infer<typeof ApprovalItem>;

export const ApprovalsAnswer = z.looseObject({
  approvals: z.array(ApprovalItem),
  next: z.string().nullish(),
});

export const CompleteAnswer = z.looseObject({
  ok: z.boolean(),
  status: z.string(),
  approval_id: z.string(),
});

export const ToolItem = z.looseObject({
  server: z.string(),
  tool: z.string(),
  digest: z.string(),
  level: z.string(),
  since: z.string(),
});
export type ToolItem = z.infer<typeof ToolItem>;

/** Newest first. */
export const ToolsAnswer = z.looseObject({ tools: z.array(ToolItem), more: z.int().optional() });

export const AcceptAnswer = z.looseObject({ ok: z.literal(true) });

export const AuditEntry = z.looseObject(AuditLine.shape);
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Newest first. */
export const AuditAnswer = z.looseObject({ entries: z.array(AuditEntry), next: z.int().nullish() });

/** `parts` names each part that is not well, with sentences why. */
export const HealthAnswer = z.looseObject({
  status: z.string(),
  parts: z.record(z.string(), z.array(z.string())).default({}),
});
