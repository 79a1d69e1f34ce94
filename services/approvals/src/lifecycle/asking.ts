import { randomBytes } from 'node:crypto';
import { retryOnConflict } from '@aegis/bus';
import { type Approval, asRuled, type RequestApproval, type RequestReply } from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import type { Caller } from '@aegis/kit/allowance';
import { AppError } from '@aegis/kit/errors';
import { newTraceId } from '@aegis/kit/trace';
import { type ApprovalCommand, type Granted, isOpen, isOverdue, stands } from '../domain/approval.ts';
import { approvalIdFor } from '../domain/identity.ts';
import { sameTerms, TERMS_CHANGED } from '../domain/terms.ts';
import type { Ground } from '../ground.ts';
import { type Loaded, NOTHING } from '../store.ts';
import { type Approving, alongWith } from './approval-store.ts';
import { keyOf, latestFor, standsFor } from './find.ts';
import type { Grants } from './grants.ts';
import type { Validity } from './validity.ts';
import type { WaitingList } from './waiting.ts';

/** Why what a grant approved does not count for a call that a person has to see. */
const LOOK_AT_THIS = 'somebody has to look at this very call';
const LARGEST_CALL_BYTES = 1_250_000;

export type AskingDeps = Ground & {
  waiting: WaitingList;
  grants: Pick<Grants, 'answer'>;
  validity: Validity;
};

export type Asking = {
  /**
   * Asks a person, unless a grant answers. Under a key that waits already, the approval that waits. `refused` where the
   * agent has as many waiting as it may.
   *
   * @throws AppError `too_many_requests` where the caller asks for more new ones than one caller may
   */
  request(asked: RequestApproval, deadlineMs: number, caller?: Caller): Promise<RequestReply>;
  /** The approval under this key that waits, is approved or is denied for this very call. */
  standing(asked: { call: Call; dry_run_id: string }, deadlineMs: number): Promise<Approval | undefined>;
};

/** Which approval of a key it is, which came before it, and who has it written. */
type Place = { dryRunId: string; generation: number; before?: Approval | undefined; caller: Caller };

/** What a grant has to answer for: the call as its rule sees it. */
const askedOf = (asked: RequestApproval) => ({
  call: asRuled(asked),
  terms: asked.terms,
  rule: asked.rule,
  policyDigest: asked.policy_digest,
});

/**
 * What is approved is read by people and by the bus many times over; written out, numbers can take thrice their room.
 *
 * @throws AppError `payload_too_large`
 */
function checkSize({ call }: RequestApproval): void {
  if (Buffer.byteLength(JSON.stringify(call)) <= LARGEST_CALL_BYTES) return;
  throw new AppError('payload_too_large', `args: larger than ${LARGEST_CALL_BYTES} bytes when written out.`);
}

export function createAsking(deps: AskingDeps): Asking {
  const { bus, bodies, store, known, waiting, grants, allowance, asks, now, decideWithinMs } = deps;

  const commandFor = (asked: RequestApproval, { dryRunId, generation, before }: Place) => ({
    type: 'request' as const,
    now: now(),
    identity: {
      approval_id: approvalIdFor(asked.call.principal, dryRunId, generation),
      dry_run_id: dryRunId,
      generation,
      trace_id: before?.trace_id ?? newTraceId(),
    },
    asked,
    call_digest: callDigest(asked.call),
    decideWithinMs,
  });

  const create = async (asked: RequestApproval, place: Place, deadlineMs: number): Promise<RequestReply> => {
    checkSize(asked);
    allowance.take(place.caller, await bodies.cost(asked.call, deadlineMs));
    const command = commandFor(asked, place);
    const { approval_id: approvalId } = command.identity;
    const begin: Approving<Granted | undefined> = (fact, grant) => {
      const append = alongWith(bus, deadlineMs, fact);
      // One that is there by now may wait for another call.
      return store.handle(approvalId, NOTHING, () => ({ ...command, grant }), deadlineMs, {
        append,
        attempts: 1,
      });
    };
    if (!asked.no_grant) {
      const approval = await grants.answer({ ...askedOf(asked), approvalId }, begin, deadlineMs);
      if (approval) return { approval };
    }
    asks.check(place.caller);
    const reply = await waiting.join(asked.call.principal, approvalId, begin, deadlineMs);
    if (reply.approval) asks.charge(place.caller, 0);
    return reply;
  };

  /** A grant that was given since answers for what waits already. */
  const answerByGrant = async (
    asked: RequestApproval,
    loaded: Loaded<Approval>,
    deadlineMs: number,
  ): Promise<Approval | undefined> => {
    const { approval_id: approvalId, status } = loaded.state;
    if (asked.no_grant || status !== 'pending') return undefined;
    const approve: Approving<Granted> = (fact, grant) => {
      const append = alongWith(bus, deadlineMs, fact);
      const granted = { type: 'granted', now: now(), grant } as const;
      return store.handle(approvalId, loaded, () => granted, deadlineMs, { append, attempts: 1 });
    };
    return grants.answer({ ...askedOf(asked), approvalId }, approve, deadlineMs);
  };

  /** Why an open approval for this very call does not answer it any more: it was asked under another policy. */
  const whyOver = async (
    { call, terms, policy_digest: policyDigest, rule, no_grant }: RequestApproval,
    approval: Approval,
    deadlineMs: number,
  ): Promise<string | undefined> => {
    if (!isOpen(approval) || approval.call_digest !== callDigest(call)) return undefined;
    if (!sameTerms(terms, approval.terms)) return TERMS_CHANGED;
    if (no_grant && 'grant_id' in approval && approval.grant_id !== undefined) return LOOK_AT_THIS;
    return policyDigest === undefined
      ? undefined
      : deps.validity.whyNot(approval, { policyDigest, rule }, deadlineMs);
  };

  /** The approval as it is by now: an overdue one expires, one whose policy changed is superseded. */
  const upToDate = (
    asked: RequestApproval,
    loaded: Loaded<Approval>,
    deadlineMs: number,
  ): Promise<Loaded<Approval>> => {
    const whatNow = async ({ state }: Loaded<Approval>): Promise<ApprovalCommand | undefined> => {
      const at = now();
      if (isOverdue(state, at)) return { type: 'expire', now: at };
      const because = await whyOver(asked, state, deadlineMs);
      return because === undefined ? undefined : { type: 'supersede', now: at, because };
    };
    return store.handle(loaded.state.approval_id, loaded, whatNow, deadlineMs);
  };

  /** The approval that stands for this key, or the next generation where the last one is over. */
  const standingOrNext = async (
    asked: RequestApproval,
    { dryRunId, caller }: Pick<Place, 'dryRunId' | 'caller'>,
    deadlineMs: number,
  ): Promise<RequestReply> => {
    const { principal } = asked.call;
    let generation = known.approvals.state.generationOf(principal, dryRunId) ?? 1;
    let before: Approval | undefined;
    for (;;) {
      const loaded = await store.load(approvalIdFor(principal, dryRunId, generation), deadlineMs);
      if (!loaded) return create(asked, { dryRunId, generation, before, caller }, deadlineMs);
      const current = await upToDate(asked, loaded, deadlineMs);
      before = current.state;
      if (standsFor(asked, before, now())) {
        return { approval: (await answerByGrant(asked, current, deadlineMs)) ?? before };
      }
      generation++;
    }
  };

  return {
    async request(asked, deadlineMs, caller = asked.call) {
      const { dry_run_id } = asked;
      if (dry_run_id === undefined) {
        const dryRunId = `dry_${randomBytes(12).toString('hex')}`;
        return retryOnConflict(() => create(asked, { dryRunId, generation: 1, caller }, deadlineMs));
      }
      const key = await keyOf(deps, asked.call, dry_run_id, deadlineMs);
      return retryOnConflict(() => standingOrNext(asked, { dryRunId: key, caller }, deadlineMs));
    },
    async standing({ call, dry_run_id }, deadlineMs) {
      const key = await keyOf(deps, call, dry_run_id, deadlineMs);
      const found = await latestFor(deps, call, key, deadlineMs);
      return found && stands(found, now()) ? found : undefined;
    },
  };
}
