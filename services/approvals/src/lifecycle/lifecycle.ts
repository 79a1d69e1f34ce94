import { retryOnConflict } from '@aegis/bus';
import type { CancelApproval } from '@aegis/contracts/approvals';
import type { Mutex } from '@aegis/kit/mutex';
import type { Command, Deadlines } from '../domain/approval.ts';
import type { Approver } from '../domain/approver.ts';
import type { Approvers } from '../people/approvers.ts';
import type { Loaded } from '../store.ts';
import { type Asking, createAsking } from './asking.ts';
import { createChange, type WakeAt } from './change.ts';
import { createDeciding, type Deciding } from './deciding.ts';
import { type FindDeps, findApproval } from './find.ts';
import { type Given, type GrantToGive, giveGrant } from './granting.ts';
import type { Grants } from './grants.ts';
import type { Validity } from './validity.ts';
import type { WaitingList } from './waiting.ts';

export type LifecycleDeps = FindDeps & {
  waiting: WaitingList;
  grants: Pick<Grants, 'answer'>;
  validity: Validity;
  wakeAt: WakeAt;
  /** The later of the clock and the newest event's time. */
  now: () => Date;
  code: string;
  codesOneByOne: Mutex;
  deadlines: Deadlines;
  approvers: Pick<Approvers, 'byName'>;
};

/** The life of an approval, from the question to its end. */
export type Lifecycle = Asking &
  Deciding & {
    /** Approves a call, and calls like it for a while. */
    grant(by: Approver, asked: GrantToGive, deadlineMs: number): Promise<Given>;
    /** Takes a question back; where that is no longer possible, or it is another's, the approval as it stands. */
    cancel(request: CancelApproval, deadlineMs: number): Promise<Loaded>;
    get(id: string, deadlineMs: number): Promise<Loaded>;
    /** Expires what is overdue, else does nothing. */
    expire(approvalId: string, deadlineMs: number): Promise<void>;
    /** Ends what is open, because what it was asked under is not so any more. */
    supersede(approvalId: string, because: string, deadlineMs: number): Promise<void>;
  };

export function createLifecycle(deps: LifecycleDeps): Lifecycle {
  const { store, now } = deps;
  const change = createChange(store, deps.wakeAt);
  const withChange = { ...deps, change };

  /** What nobody waits for: an approval that is not there, or no longer open, stays as it is. */
  const end = async (approvalId: string, command: () => Command, deadlineMs: number): Promise<void> => {
    await retryOnConflict(async () => {
      const loaded = await store.load(approvalId, deadlineMs);
      if (loaded) await change(command(), loaded, deadlineMs);
    });
  };

  return {
    ...createAsking(withChange),
    ...createDeciding(withChange),
    grant: (by, asked, deadlineMs) => giveGrant(withChange, by, asked, deadlineMs),
    cancel: ({ approval_id, principal, because }, deadlineMs) =>
      retryOnConflict(async () => {
        const loaded = await findApproval(deps, approval_id, deadlineMs);
        return change({ type: 'cancel', now: now(), principal, because }, loaded, deadlineMs);
      }),
    get: (id, deadlineMs) => findApproval(deps, id, deadlineMs),
    expire: (id, deadlineMs) => end(id, () => ({ type: 'expire', now: now() }), deadlineMs),
    supersede: (id, because, deadlineMs) =>
      end(id, () => ({ type: 'supersede', now: now(), because }), deadlineMs),
  };
}
