import type { Approval, ApprovalStatus, CancelApproval } from '@aegis/contracts/approvals';
import type { ApprovalCommand } from '../domain/approval.ts';
import type { Approver } from '../domain/approver.ts';
import type { Approvers } from '../people/approvers.ts';
import { type Loaded, NOTHING } from '../store.ts';
import { type Asking, type AskingDeps, createAsking } from './asking.ts';
import { type Codes, createCodes } from './codes.ts';
import { type Completing, createCompleting } from './completing.ts';
import { createDeciding, type Deciding } from './deciding.ts';
import { findApproval, findOwn, notFound } from './find.ts';
import { type Given, type GrantToGive, giveGrant } from './granting.ts';

export type LifecycleDeps = AskingDeps & { approvers: Pick<Approvers, 'byName'> };

/** The life of an approval, from the question to its end. */
export type Lifecycle = Asking &
  Deciding &
  Completing &
  Codes & {
    /** Approves a call, and calls like it for a while. */
    grant(by: Approver, asked: GrantToGive, deadlineMs: number): Promise<Given>;
    /** Takes a question back; where that is no longer possible, or it is another's, the approval as it stands. */
    cancel(request: CancelApproval, deadlineMs: number): Promise<Loaded<Approval>>;
    /** With `principal` what that caller asked, and nobody else's. @throws AppError `approval_not_found` */
    get(id: string, deadlineMs: number, principal?: string): Promise<Loaded<Approval>>;
    /** How it stands, by the index where that knows it: its call is not read. */
    status(approvalId: string, deadlineMs: number): Promise<ApprovalStatus>;
    /** Expires what is overdue, else does nothing. */
    expire(approvalId: string, deadlineMs: number): Promise<void>;
    /** Ends what is open, because what it was asked under is not so any more. */
    supersede(approvalId: string, because: string, deadlineMs: number): Promise<void>;
  };

export function createLifecycle(deps: LifecycleDeps): Lifecycle {
  const { store, now } = deps;

  /** What nobody waits for: an approval that is not there, or no longer open, stays as it is. */
  const end = async (id: string, toCommand: () => ApprovalCommand, deadlineMs: number): Promise<void> => {
    await store.handle(id, (await store.load(id, deadlineMs)) ?? NOTHING, toCommand, deadlineMs);
  };

  return {
    ...createAsking(deps),
    ...createDeciding(deps, deps.approvers),
    ...createCompleting(deps, deps.approvers),
    ...createCodes(deps, deps.approvers),
    grant: (by, asked, deadlineMs) => giveGrant(deps, by, asked, deadlineMs),
    async cancel({ approval_id, principal, because }, deadlineMs) {
      const found = await findApproval(deps, approval_id, deadlineMs);
      const cancel = () => ({ type: 'cancel', now: now(), principal, because }) as const;
      return store.handle(found.state.approval_id, found, cancel, deadlineMs);
    },
    async get(id, deadlineMs, principal) {
      if (principal === undefined) return findApproval(deps, id, deadlineMs);
      const own = await findOwn(deps, id, principal, deadlineMs);
      if (own === undefined) throw notFound(id);
      return own;
    },
    status: async (id, deadlineMs) =>
      deps.known.approvals.state.get(id)?.status ?? (await findApproval(deps, id, deadlineMs)).state.status,
    expire: (id, deadlineMs) => end(id, () => ({ type: 'expire', now: now() }), deadlineMs),
    supersede: (id, because, deadlineMs) =>
      end(id, () => ({ type: 'supersede', now: now(), because }), deadlineMs),
  };
}
