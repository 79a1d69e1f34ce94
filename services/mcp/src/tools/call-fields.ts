import { AmountCents, Op, ToolName } from '@aegis/contracts/call';
import { z } from 'zod';

/** The fields that name a call, described for a model. */
export const callFields = {
  tool: ToolName.describe('Name of the tool that you want to call, such as "refunds.create".'),
  amount_cents: AmountCents.describe(
    'Money that the call moves, in cents, as a whole number. Give it whenever the call moves money.',
  ).optional(),
  op: Op.optional().describe('What the call does, such as "refund" or "payment_link_create".'),
};

/** The arguments that the call will be made with: an approval is bound to them. */
export const callArgs = z
  .record(z.string(), z.unknown())
  .optional()
  .describe(
    'Arguments of the call, exactly as you will make it. An approval holds for these arguments only.',
  );
