import { KeyName } from '@aegis/kit/keys';
import { z } from 'zod';
import { CODE_APPROVER } from './approval-words.ts';
import { Digest, Principal, Timestamp } from './call.ts';
import { rpc } from './rpc.ts';

/** What the first approver is, so that they can say who is told. */
export const FIRST_ROLE = 'admin';

/** Asked at a terminal of the machine. The token itself is made there, and is in the link alone. */
export const InviteApprover = z.strictObject({
  token_digest: Digest.describe('SHA-256 of the token in the link'),
  asked_by: Principal.describe('who asked for the link, as the operating system says'),
});
export type InviteApprover = z.infer<typeof InviteApprover>;
/** Either until when the link can be opened, or why there is none, in a sentence. */
export const InviteReply = z.strictObject({ until: Timestamp.optional(), refused: z.string().optional() });
export type InviteReply = z.infer<typeof InviteReply>;
/** Whoever has the key of approvals itself may ask: no other part, and nobody who speaks for an agent. */
export const approvalsInvite = rpc('approvals', 'invite', InviteApprover, InviteReply, {
  askedBy: ['approvals'],
});

/** What whoever opened the link says. */
export const BecomeApprover = z.strictObject({
  token: z.string().min(1).max(128),
  name: KeyName.refine(
    (name) => name !== CODE_APPROVER && name !== FIRST_ROLE,
    `expected another name: ${CODE_APPROVER} is whoever knows the code, and ${FIRST_ROLE} is a role`,
  ),
});
export type BecomeApprover = z.infer<typeof BecomeApprover>;

/** A link that makes the first approver. */
export const ApproverInvited = z.strictObject({
  ...InviteApprover.shape,
  until: Timestamp.describe('until when the link can be opened'),
});
export type ApproverInvited = z.infer<typeof ApproverInvited>;

/** Who became an approver by it. */
export const ApproverAdded = z.strictObject({
  name: KeyName.describe('who it is'),
  roles: z.array(KeyName).describe('what rules may name them by'),
  key: Digest.describe('SHA-256 of their key'),
  by: z.literal('approve-here').describe('how'),
  asked_by: Principal.describe('who asked for the link'),
});
export type ApproverAdded = z.infer<typeof ApproverAdded>;
