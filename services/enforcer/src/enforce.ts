import type { RequestContext } from '@aegis/shared/bus/ask';
import type { Bus } from '@aegis/shared/bus/bus';
import type { Approval } from '@aegis/shared/contracts/approvals';
import type { EnforceReply, EnforceRequest } from '@aegis/shared/contracts/decision';
import {
  approvalsConsume,
  approvalsRequest,
  approvalsStanding,
  policyCheck,
} from '@aegis/shared/contracts/rpc';
import { AppError } from '@aegis/shared/errors/app-error';
import { recordCall } from '@aegis/shared/json/call-digest';
import { createEvent, newTraceId } from '@aegis/shared/runtime/event';
import {
  type Decided,
  decideWithApproval,
  decideWithoutApproval,
  type Ruling,
  toEvent,
  toReply,
  withReasonsToAsk,
} from './domain/decision.ts';
import { answeredEvent, createRecord, type Decision, keyDigestOf } from './record.ts';

/** Somebody may use up the approval between our look and our use; then we look again, this often. */
const LOOKS = 3;
/** What an approval takes; the rule's own reasons come first. */
const MOST_REASONS = 20;

export type Enforce = (request: EnforceRequest, context: RequestContext) => Promise<EnforceReply>;

/**
 * May this call run now? Policy, then approval, then the durable record, then the answer. Whatever fails on the way
 * throws, and the caller was not allowed.
 */
export function createEnforce(bus: Bus, now: () => Date): Enforce {
  const record = createRecord(bus, now);

  const rule = async (request: EnforceRequest, context: RequestContext): Promise<Ruling> => {
    const { definition_digest: _, op, amount_cents, ...call } = request.call;
    const { client, door, via, dispatch } = request;
    // In the path nobody states them: a rule took them from the arguments, and the rules take them again.
    const stated = dispatch === undefined ? { op, amount_cents } : {};
    const question = { ...call, ...stated, client, door, via, on_record: true } as const;
    const said = await bus.ask(policyCheck, question, context);
    const verdict = withReasonsToAsk(said, request.review_because);
    return { request, call: recordCall(request.call), verdict, ruledAt: now().toISOString() };
  };

  const requestApproval = async (
    { request, verdict }: Ruling,
    context: RequestContext,
  ): Promise<Approval> => {
    const { approval } = await bus.ask(
      approvalsRequest,
      {
        call: request.call,
        dry_run_id: request.dry_run_id,
        reason: request.reason,
        reasons: verdict.reasons.slice(0, MOST_REASONS),
        rule: verdict.rule,
        policy_digest: verdict.policy_digest,
      },
      context,
    );
    return approval;
  };

  /** The approval of a call that a rule allows, where a person was asked about it under its key all the same. */
  const findStanding = async (
    { request }: Ruling,
    context: RequestContext,
  ): Promise<Approval | undefined> => {
    const { call, dry_run_id } = request;
    if (dry_run_id === undefined) return undefined;
    return (await bus.ask(approvalsStanding, { call, dry_run_id }, context)).approval;
  };

  /** The finished decision: event and answer, whether it is stored by us or with the use of an approval. */
  const finish = (ruling: Ruling, decided: Decided, context: RequestContext): Decision => {
    const { idempotency_key, call } = ruling.request;
    const keyDigest =
      idempotency_key === undefined ? undefined : keyDigestOf(call.principal, idempotency_key);
    const traceId = decided.approval?.trace_id ?? newTraceId();
    const data = toEvent(ruling, decided, {
      ...(keyDigest === undefined ? {} : { idempotency_digest: keyDigest }),
      ...(context.traceparent === undefined ? {} : { caller_traceparent: context.traceparent }),
    });
    const event = createEvent({
      type: 'aegis.decision.enforced.v1',
      source: 'enforcer',
      subject: call.tool,
      time: now().toISOString(),
      traceId,
      data,
    });
    return { event, data, reply: toReply(data, traceId), keyDigest };
  };

  const consume = async (
    ruling: Ruling,
    approval: Approval,
    context: RequestContext,
  ): Promise<EnforceReply | undefined> => {
    const { event, data, reply, keyDigest } = finish(
      ruling,
      { outcome: 'allowed', reasons: [], approval },
      context,
    );
    const idempotency =
      keyDigest === undefined
        ? undefined
        : { key_digest: keyDigest, answered: answeredEvent(data.call.call_digest, reply, event.time) };
    const request = {
      approval_id: approval.approval_id,
      call: ruling.request.call,
      decision: event,
      idempotency,
    };
    const { consumed, earlier } = await bus.ask(approvalsConsume, request, context);
    if (earlier) return earlier;
    return consumed ? reply : undefined;
  };

  /** What the person says, where one was asked; the rule's own word where none was. */
  const decideByPerson = async (
    ruling: Ruling,
    context: RequestContext,
    rules: Decided | 'review',
  ): Promise<EnforceReply> => {
    const look = rules === 'review' ? requestApproval : findStanding;
    for (let looks = 0; looks < LOOKS; looks++) {
      const approval = await look(ruling, context);
      const decided = approval ? decideWithApproval(ruling, approval) : rules;
      if (decided === 'review') break;
      if (decided !== 'consume') return record.store(finish(ruling, decided, context), context.deadlineMs);
      const reply = approval && (await consume(ruling, approval, context));
      if (reply) return reply;
    }
    throw new AppError('version_conflict', 'The approval changed while it was used; ask again.');
  };

  return async (request, context) => {
    const { idempotency_key, call, dispatch } = request;
    if (idempotency_key !== undefined) {
      // An answer that is given again is no record of another dispatch.
      if (dispatch) throw new AppError('invalid_request', 'idempotency_key: leave it out beside a dispatch');
      const keyDigest = keyDigestOf(call.principal, idempotency_key);
      const earlier = await record.earlier(keyDigest, recordCall(call).call_digest, context.deadlineMs);
      if (earlier) return earlier;
    }
    const ruling = await rule(request, context);
    const rules = decideWithoutApproval(ruling);
    if (rules === 'review' || rules.outcome === 'allowed') return decideByPerson(ruling, context, rules);
    return record.store(finish(ruling, rules, context), context.deadlineMs);
  };
}
