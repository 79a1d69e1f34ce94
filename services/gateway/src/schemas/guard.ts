import { AmountCents, DryRunId, IdempotencyKey, Note, Op, ToolName } from '@aegis/contracts/call';
import { z } from 'zod';

/** What `POST /guard/check` takes. */
export const CheckBody = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
});

/** What `POST /guard/enforce` takes. `meta` is the caller's own; two of its members mean something here. */
export const EnforceBody = z.strictObject({
  tool: ToolName,
  op: Op.optional(),
  amount_cents: AmountCents.optional(),
  args: z.record(z.string(), z.unknown()).optional(),
  meta: z.looseObject({ dry_run_id: DryRunId.optional(), reason: Note.optional() }).optional(),
});

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
export const EnforceHeaders = z.object({ 'idempotency-key': IdempotencyKey.optional() });
