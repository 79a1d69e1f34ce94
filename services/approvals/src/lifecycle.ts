import { randomBytes } from 'node:crypto';
import type {
  Approval,
  CancelApproval,
  CompleteApproval,
  RequestApproval,
} from '@aegis/shared/contracts/approvals';
import type { Call } from '@aegis/shared/contracts/call';
import { AppError } from '@aegis/shared/errors/app-error';
import { callDigest } from '@aegis/shared/json/call-digest';
import { newTraceId } from '@aegis/shared/runtime/event';
import { checkAttempts, isRightCode, sourceOf } from './code.ts';
import { type Command, type Deadlines, decide, isOverdue, stands } from './domain/approval.ts';
import { approvalIdFor } from './domain/identity.ts';
import { findApproval, keyOf, latestFor, standsFor } from './find.ts';
import type { ApprovalIndex } from './projections/approval-index.ts';
import type { Queue } from './queue.ts';
import { type Loaded, type Store, toEnvelope } from './store.ts';

/** Only a lost race is tried again, and no more often than this. */
const TRIES = 3;
const LARGEST_CALL_BYTES = 1_250_000;

export type LifecycleDeps = {
  store: Store;
  index: ApprovalIndex;
  /** Resolves once the index has all that was stored when this was called. */
  indexCaughtUp: (deadlineMs: number) => Promise<void>;
  /** Wakes us at that time, in milliseconds since the epoch. Losing one loses nothing but punctuality. */
  wakeAt: (approvalId: string, atMs: number) => void;
  /** The later of the clock and the newest event's time. */
  now: () => Date;
  code: string;
  /** One code at a time: many at once would all be judged before the first wrong one is counted. */
  codesOneByOne: Queue;
  deadlines: Deadlines;
};

export type Lifecycle = {
  /** Asks a person. Under a key that waits already, the approval that waits. */
  request(asked: RequestApproval, deadlineMs: number): Promise<Approval>;
  /** The approval under this key that waits, is approved or is denied for this very call. */
  standing(asked: { call: Call; dry_run_id: string }, deadlineMs: number): Promise<Approval | undefined>;
  /** Decides with a code; an approval that is decided already answers how. */
  complete(request: CompleteApproval, deadlineMs: number): Promise<Approval>;
  /** Takes a question back; where that is no longer possible, or it is another's, the approval as it stands. */
  cancel(request: CancelApproval, deadlineMs: number): Promise<Approval>;
  get(id: string, deadlineMs: number): Promise<Approval>;
  /** Expires what is overdue, else does nothing. */
  expire(approvalId: string, deadlineMs: number): Promise<void>;
};

/** Runs `attempt` again where somebody else was first. */
export async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (thrown) {
      const lostRace = thrown instanceof AppError && thrown.code === 'version_conflict';
      if (!lostRace || tries >= TRIES) throw thrown;
    }
  }
}

export function createLifecycle(deps: LifecycleDeps): Lifecycle {
  const { store, index, wakeAt, now, deadlines } = deps;

  /** Decides on what was loaded and stores what happened; the standing approval where nothing did. */
  const run = async (
    command: Command,
    loaded: Loaded,
    deadlineMs: number,
    source?: string,
  ): Promise<Approval> => {
    const decision = decide(command, loaded.approval);
    if (!('event' in decision)) return loaded.approval;
    const { approval } = decision.event;
    const from = decision.event.name === 'denied' ? source : undefined;
    const envelope = toEnvelope(decision.event, command.now, from);
    await store.save(envelope, approval.approval_id, loaded.seq, deadlineMs);
    if (approval.status === 'approved') wakeAt(approval.approval_id, Date.parse(approval.use_by));
    return approval;
  };

  const create = async (
    asked: RequestApproval,
    dryRunId: string,
    generation: number,
    before: Approval | undefined,
    deadlineMs: number,
  ) => {
    // What is approved is read by people and by the bus many times over; written out, numbers can take thrice their room.
    if (Buffer.byteLength(JSON.stringify(asked.call)) > LARGEST_CALL_BYTES) {
      throw new AppError(
        'payload_too_large',
        `args: larger than ${LARGEST_CALL_BYTES} bytes when written out.`,
      );
    }
    const identity = {
      approval_id: approvalIdFor(asked.call.principal, dryRunId, generation),
      dry_run_id: dryRunId,
      generation,
      trace_id: before?.trace_id ?? newTraceId(),
    };
    const command: Command = {
      type: 'request',
      now: now(),
      identity,
      asked,
      call_digest: callDigest(asked.call),
      decideWithinMs: deadlines.decideWithinMs,
    };
    const decision = decide(command, undefined);
    if (!('event' in decision)) throw new AppError('internal', decision.because);
    await store.save(toEnvelope(decision.event, command.now), identity.approval_id, 0, deadlineMs);
    const { approval } = decision.event;
    wakeAt(approval.approval_id, Date.parse(approval.decide_by));
    return approval;
  };

  /** The approval that stands for this key, or the next generation where the last one is over. */
  const standingOrNext = async (
    asked: RequestApproval,
    dryRunId: string,
    deadlineMs: number,
  ): Promise<Approval> => {
    const { principal } = asked.call;
    let generation = index.generationOf(principal, dryRunId) ?? 1;
    let before: Approval | undefined;
    for (;;) {
      const loaded = await store.load(approvalIdFor(principal, dryRunId, generation), deadlineMs);
      if (!loaded) return create(asked, dryRunId, generation, before, deadlineMs);
      const at = now();
      before = isOverdue(loaded.approval, at)
        ? await run({ type: 'expire', now: at }, loaded, deadlineMs)
        : loaded.approval;
      if (standsFor(asked, before, at)) return before;
      generation++;
    }
  };

  const judge = async (
    { id, approval_code, source }: CompleteApproval,
    deadlineMs: number,
  ): Promise<Approval> => {
    const loaded = await findApproval(deps, id, deadlineMs);
    if (loaded.approval.status !== 'pending') return loaded.approval;
    const from = sourceOf(source);
    checkAttempts((sinceMs) => index.wrongCodesSince(sinceMs), from, now());
    const rightCode = isRightCode(approval_code, deps.code);
    const at = now();
    const command: Command = {
      type: 'complete',
      now: at,
      rightCode,
      by: 'approval-code',
      useWithinMs: deadlines.useWithinMs,
    };
    const approval = await run(command, loaded, deadlineMs, from);
    if (!rightCode) index.countWrongCode(approval.approval_id, { atMs: at.getTime(), source: from });
    return approval;
  };

  const standing = async (
    call: Call,
    dryRunId: string,
    deadlineMs: number,
  ): Promise<Approval | undefined> => {
    const found = await latestFor(deps, call, dryRunId, deadlineMs);
    return found && stands(found, now()) ? found : undefined;
  };

  return {
    async request(asked, deadlineMs) {
      const { dry_run_id } = asked;
      if (dry_run_id === undefined) {
        return create(asked, `dry_${randomBytes(12).toString('hex')}`, 1, undefined, deadlineMs);
      }
      const key = await keyOf(deps, asked.call, dry_run_id, deadlineMs);
      return retryConflicts(() => standingOrNext(asked, key, deadlineMs));
    },
    async standing({ call, dry_run_id }, deadlineMs) {
      return standing(call, await keyOf(deps, call, dry_run_id, deadlineMs), deadlineMs);
    },
    async complete(request, deadlineMs) {
      const { approval } = await findApproval(deps, request.id, deadlineMs);
      if (approval.status !== 'pending') return approval;
      const exact = { ...request, id: approval.approval_id };
      return deps.codesOneByOne(() => retryConflicts(() => judge(exact, deadlineMs)));
    },
    async cancel({ approval_id, principal, because }, deadlineMs) {
      return retryConflicts(async () => {
        const loaded = await findApproval(deps, approval_id, deadlineMs);
        return run({ type: 'cancel', now: now(), principal, because }, loaded, deadlineMs);
      });
    },
    get: async (id, deadlineMs) => (await findApproval(deps, id, deadlineMs)).approval,
    async expire(approvalId, deadlineMs) {
      await retryConflicts(async () => {
        const loaded = await store.load(approvalId, deadlineMs);
        if (loaded) await run({ type: 'expire', now: now() }, loaded, deadlineMs);
      });
    },
  };
}
