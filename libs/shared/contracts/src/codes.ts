import { z } from 'zod';
import { ApprovalReply, DecideApproval, DecideReply } from './approvals.ts';
import { Digest, Note, Principal } from './call.ts';
import { rpc } from './rpc.ts';

/** Draws a code for this one approval: the yes of whoever draws it, waiting to be spoken. */
export const DrawCode = DecideApproval.omit({ verdict: true });
export type DrawCode = z.infer<typeof DrawCode>;
/** `code` is there, once, where it was drawn; else `because` says why not. */
export const DrawCodeReply = z.strictObject({ ...DecideReply.shape, code: z.string().optional() });
export type DrawCodeReply = z.infer<typeof DrawCodeReply>;

/**
 * `id` is an approval id or a run key. `source` is where the answer came from, for the limit on wrong codes. `principal`
 * is who sends it: a one-time code is taken from its asker alone.
 */
export const CompleteApproval = z.strictObject({
  id: z.string().min(1).max(200),
  approval_code: z.string().max(1024),
  reason: Note.optional(),
  source: z.string().max(200),
  principal: Principal.optional(),
  /** An agent's key came with it: the standing code, which is a person's, is not taken. */
  by_agent: z.literal(true).optional(),
});
export type CompleteApproval = z.infer<typeof CompleteApproval>;

/** Whoever asked speaks a code. `id` is an approval id of theirs, or their run key. */
export const RedeemCode = z.strictObject({
  id: z.string().min(1).max(200),
  principal: Principal,
  approval_code: z.string().min(1).max(1024),
  /** Of the call that they mean, where they say it. */
  call_digest: Digest.optional(),
});
export type RedeemCode = z.infer<typeof RedeemCode>;

export const approvalsComplete = rpc('approvals', 'complete', CompleteApproval, ApprovalReply, {
  askedBy: ['gateway'],
});
export const approvalsDraw = rpc('approvals', 'draw', DrawCode, DrawCodeReply, { askedBy: ['gateway'] });
/** The agents' side may speak a code that a person gave; deciding is not its own. */
export const approvalsRedeem = rpc('approvals', 'redeem', RedeemCode, DecideReply, { askedBy: ['mcp'] });
