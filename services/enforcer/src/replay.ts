import type { Bus, RequestContext } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { EnforceReply } from '@aegis/contracts/decision';
import { replayedLog } from '@aegis/contracts/subjects';
import type { DecisionLog, Kept } from './decision-log.ts';
import { decideWithoutApproval, decideWithReply, type Ruling } from './domain/decision.ts';
import { finish, handedOver } from './finish.ts';
import type { Questions } from './questions.ts';

export type AnswerAgain = (kept: Kept, ruling: Ruling, context: RequestContext) => Promise<EnforceReply>;

type Deps = {
  bus: Pick<Bus, 'commit'>;
  now: () => Date;
  record: Pick<DecisionLog, 'store'>;
  questions: Questions;
};

/** What a caller has to know whose key was answered otherwise before. */
const noLonger = ({ reply: { status } }: Kept): string =>
  `this key was answered "${status}" before, which does not stand any more: ask again with a new key`;

/** Why a kept answer that lets something through would not be given today; undefined where it stands. */
async function whyOver(
  { now, questions }: Pick<Deps, 'now' | 'questions'>,
  { reply }: Kept,
  ruling: Ruling,
  context: RequestContext,
): Promise<readonly string[] | undefined> {
  const rules = decideWithoutApproval(ruling);
  if (rules !== 'review' && rules.outcome === 'blocked') return rules.reasons;
  if (!reply.allowed) return undefined;
  if (rules !== 'review') {
    const standing = decideWithReply(ruling, await questions.standing(ruling, context), rules);
    return standing === 'consume' || standing === 'review' || standing.outcome === 'allowed'
      ? undefined
      : standing.reasons;
  }
  if (reply.approval_id === undefined) return ruling.verdict.reasons;
  // Approvals has the answer and its approval side by side, and stores nothing where the key is answered.
  const approval = { ...reply, approval_id: reply.approval_id };
  const again = finish(ruling, { outcome: 'allowed', reasons: [], approval }, context, now());
  const used = await questions.use(ruling, reply.approval_id, handedOver(again), context);
  if (used.consumed && used.earlier) return undefined;
  return used.because === undefined ? ruling.verdict.reasons : [used.because];
}

const replayedEvent = ({ reply, answeredAt }: Kept, { request, call, verdict }: Ruling, now: Date) =>
  createEvent({
    type: 'aegis.idempotency.replayed.v1',
    source: 'enforcer',
    subject: call.tool,
    time: now.toISOString(),
    traceId: reply.trace_id,
    data: {
      call,
      outcome: reply.status,
      decision_id: reply.decision_id,
      answered_at: answeredAt,
      approval_id: reply.approval_id,
      dry_run_id: reply.dry_run_id,
      policy_digest: verdict.policy_digest,
      via: request.via,
    },
  });

/**
 * Gives a kept answer again, where it still stands: that it was is on record, durable, before it is given. Where policy,
 * approval or grant say otherwise by now, it is a decision of its own, which lets nothing through.
 */
export function createAnswerAgain({ bus, now, record, questions }: Deps): AnswerAgain {
  return async (kept, ruling, context) => {
    const over = await whyOver({ now, questions }, kept, ruling, context);
    if (over === undefined) {
      const event = replayedEvent(kept, ruling, now());
      await bus.commit({ subject: replayedLog(kept.keyDigest), event }, context.deadlineMs);
      return { ...kept.reply, replayed: true };
    }
    const reasons = [...over, noLonger(kept)];
    const decision = finish(ruling, { outcome: 'blocked', reasons, approval: kept.reply }, context, now());
    // The key keeps the answer that it has.
    await record.store({ ...decision, keyDigest: undefined }, context.deadlineMs);
    return { ...decision.reply, replayed: true };
  };
}
