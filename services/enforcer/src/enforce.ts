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
} from './domain/decision.ts';
import { answeredEvent, createRecord, type Decision, keyDigestOf } from './record.ts';

/** Somebody may use up the approval between our look and our use; then we look again, this often. */
const LOOKS = 3;

export type Enforce = (request: EnforceRequest, context: RequestContext) => Promise<EnforceReply>;

/**
 * May this call run now? Policy, then approval, then the durable record, then the answer. Whatever fails on the way
 * throws, and the caller was not allowed.
 */
export function createEnforce(bus: Bus, now: () => Date): Enforce {
  const record = createRecord(bus, now);

  const rule = async (request: EnforceRequest, context: RequestContext): Promise<Ruling> => {
    const { tool, op, amount_cents, principal } = request.call;
    const question = { tool, op, amount_cents, principal, via: request.via, on_record: true } as const;
    const verdict = await bus.ask(policyCheck, question, context);
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
        reasons: verdict.reasons,
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
    const { idempotency_key, call } = request;
    if (idempotency_key !== undefined) {
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
