import { AuditLine } from '@aegis/contracts/audit';
import { Outcome } from '@aegis/contracts/decision';
import { tolerant } from '@aegis/contracts/tolerant';
import {
  ListDeliveriesReply,
  ListWebhooksReply,
  RemoveWebhookReply,
  SaveWebhookReply,
  TestWebhookReply,
} from '@aegis/contracts/webhooks';
import { z } from 'zod';

/** What the gateway answers, as far as the commands read it; everything else in an answer is kept. */
export const CheckAnswer = z.looseObject({
  allowed: z.boolean(),
  approval_required: z.boolean(),
  reasons: z.array(z.string()),
});
export type CheckAnswer = z.infer<typeof CheckAnswer>;

export const EnforceAnswer = CheckAnswer.extend({
  status: Outcome,
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
  principal: z.string().nullish(),
  decided_by: z.string().nullish(),
  denied_because: z.string().nullish(),
  drawn_code_only: z.boolean().nullish(),
  decision_reason: z.string().nullish(),
  endorsements: z.array(z.looseObject({ by: z.string() })).nullish(),
  terms: z.looseObject({ quorum: z.number().nullish(), require_reason: z.boolean().nullish() }).nullish(),
});
export type ApprovalItem = z.infer<typeof ApprovalItem>;

/** Approvals that can't be read whole: in the list without their arguments, or not there at all. */
export const UnreadableItems = z
  .array(z.looseObject({ approval_id: z.string(), because: z.string() }))
  .default([]);

export const ApprovalsAnswer = z.looseObject({
  approvals: z.array(ApprovalItem),
  unreadable: UnreadableItems,
  next: z.string().nullish(),
});

export const GrantItem = z.looseObject({
  grant_id: z.string(),
  principal: z.string(),
  pattern: z.looseObject({ tool: z.string() }),
  covers: z.string().nullish(),
  over_because: z.string().nullish(),
  idle_because: z.string().nullish(),
  granted_by: z.string(),
  expires_at: z.string(),
  uses: z.number(),
  revoked_at: z.string().nullish(),
});
export type GrantItem = z.infer<typeof GrantItem>;

export const GrantAnswer = z.looseObject({ grant: GrantItem });

/** Newest first. */
export const GrantsAnswer = z.looseObject({ grants: z.array(GrantItem) });

/** Webhooks and what became of notices: as the contracts have them. */
export const WebhooksAnswer = tolerant(ListWebhooksReply, 'kept');
export const WebhookAnswer = tolerant(SaveWebhookReply, 'kept');
export const RemovedAnswer = tolerant(RemoveWebhookReply, 'kept');
export const DeliveryAnswer = tolerant(TestWebhookReply, 'kept');
export const DeliveriesAnswer = tolerant(ListDeliveriesReply, 'kept');

export const DrawnAnswer = z.looseObject({
  approval_id: z.string(),
  code: z.string(),
  until: z.string(),
});

export const CompleteAnswer = z.looseObject({
  ok: z.boolean(),
  status: z.string(),
  approval_id: z.string(),
  reason: z.string().optional(),
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

/** Newest first. */
export const AuditAnswer = z.looseObject({
  entries: z.array(z.looseObject(AuditLine.shape)),
  next: z.int().nullish(),
});

/** `parts` names each part that is not well, with sentences why. */
export const HealthAnswer = z.looseObject({
  status: z.string(),
  parts: z.record(z.string(), z.array(z.string())).default({}),
  warnings: z.record(z.string(), z.array(z.string())).default({}),
});
