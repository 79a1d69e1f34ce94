import { type Permit, restPermit } from '@aegis/contracts/access';
import {
  type Approval,
  ApprovalId,
  ApprovalStatus,
  approvalsGet,
  Endorsement,
  GrantId,
  Ruled,
} from '@aegis/contracts/approvals';
import { Call, Digest, DryRunId, Note, Principal, Timestamp, TraceId } from '@aegis/contracts/call';
import { MatchedRule } from '@aegis/contracts/decision';
import { DrawnCode, FormerCode } from '@aegis/contracts/drawn-code';
import { fixtureOf } from '@aegis/contracts/fixture';
import { ApprovalTerms } from '@aegis/contracts/terms';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { withoutValues } from './http/arguments.ts';
import { readsArguments } from './http/rights.ts';

const shape = {
  /** The same by its newer and its older name. */
  run_key: DryRunId,
  dry_run_id: DryRunId,
  approval_id: ApprovalId,
  status: ApprovalStatus,
  ts: Timestamp,
  ...Call.shape,
  /** In the place of values, for whoever may not read them. */
  arg_names: z.array(z.string()).optional(),
  args_digest: Digest.optional(),
  input_names: z.array(z.string()).optional(),
  input_digest: Digest.optional(),
  reasons: z.array(z.string()),
  reason: Note.optional(),
  trace_id: TraceId,
  generation: z.int().min(1),
  call_digest: Digest,
  rule: MatchedRule.optional(),
  policy_digest: Digest.optional(),
  terms: ApprovalTerms.optional(),
  ruled: Ruled.optional(),
  decide_by: Timestamp,
  endorsements: z.array(Endorsement).optional(),
  code: DrawnCode.omit({ digest: true }).optional(),
  former_codes: z.array(FormerCode.omit({ digest: true })).optional(),
  wrong_codes: z.int().min(1).optional(),
  decided_at: Timestamp.optional(),
  decided_by: Principal.optional(),
  decision_reason: Note.optional(),
  grant_id: GrantId.optional(),
  code_drawn_at: Timestamp.optional(),
  denied_because: z.string().optional(),
  drawn_code_only: z.boolean().optional(),
  expired_at: Timestamp.optional(),
  cancelled_at: Timestamp.optional(),
  cancelled_because: z.string().optional(),
  superseded_at: Timestamp.optional(),
  superseded_because: z.string().optional(),
  use_by: Timestamp.optional(),
  consumed_at: Timestamp.optional(),
  decision_id: z.string().optional(),
};
type ApprovalItem = z.infer<z.ZodObject<typeof shape>>;

function withoutDigest<C extends DrawnCode>(kept: C): Omit<C, 'digest'> {
  const { digest: _, ...code } = kept;
  return code;
}

/** That a code waits, and which ones did, and nothing of a code. */
const codesOf = (approval: Approval): Pick<ApprovalItem, 'code' | 'former_codes'> => ({
  ...('code' in approval && approval.code !== undefined ? { code: withoutDigest(approval.code) } : {}),
  ...(approval.former_codes === undefined ? {} : { former_codes: approval.former_codes.map(withoutDigest) }),
});

/** An approval as one flat object; `ts` is when it was requested. */
export function toApprovalItem(approval: Approval): ApprovalItem {
  const { call, requested_at, ...rest } = approval;
  return { ...rest, run_key: rest.dry_run_id, ts: requested_at, ...call, ...codesOf(approval) };
}

/** Whoever may read an approval: what else shows one says no more. */
const READING: Permit = restPermit('GET', '/approvals/:id') ?? { may: [] };

/** The same as its reader may see it. */
export const itemFor = (request: FastifyRequest, approval: Approval): ApprovalItem =>
  readsArguments(READING, request.caller, approval)
    ? toApprovalItem(approval)
    : { ...toApprovalItem(approval), args: undefined, input: undefined, ...withoutValues(approval.call) };

/** An approval as REST shows it. */
export const ApprovalItem = z.strictObject(shape).meta({
  id: 'Approval',
  description: 'An approval',
  examples: [toApprovalItem(fixtureOf(approvalsGet).reply.approval)],
});
