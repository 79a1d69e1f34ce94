import type { Bus, RequestContext } from '@aegis/bus';
import {
  approvalsConsume,
  approvalsRequest,
  approvalsStanding,
  type ConsumeApproval,
  type ConsumeReply,
  type RequestReply,
  ruledOf,
} from '@aegis/contracts/approvals';
import { type CheckReply, type EnforceRequest, policyCheck } from '@aegis/contracts/decision';
import { AppError } from '@aegis/kit/errors';
import type { Ruling } from './domain/decision.ts';

/** What an approval takes; the rule's own reasons come first. */
const MOST_REASONS = 20;

export type Questions = ReturnType<typeof createQuestions>;

/** What the enforcer asks the other services. @throws AppError where one gives no answer */
export function createQuestions(bus: Pick<Bus, 'ask'>) {
  return {
    rule(request: EnforceRequest, context: RequestContext): Promise<CheckReply> {
      const { definition_digest: _, op, amount_cents, ...call } = request.call;
      const { client, door, via, dispatch } = request;
      // In the path nobody states them: a rule took them from the arguments, and the rules take them again.
      const stated = dispatch === undefined ? { op, amount_cents } : {};
      const question = { ...call, ...stated, client, door, via, on_record: true } as const;
      return bus.ask(policyCheck, question, context);
    },
    /** The approval of a call that has to have one, or why none was made. */
    approval: async ({ request, verdict }: Ruling, context: RequestContext): Promise<RequestReply> => {
      const question = {
        call: request.call,
        dry_run_id: request.dry_run_id,
        reason: request.reason,
        reasons: verdict.reasons.slice(0, MOST_REASONS),
        rule: verdict.rule,
        policy_digest: verdict.policy_digest,
        terms: verdict.terms,
        client: request.client,
        door: request.door,
        in_path: request.dispatch === undefined ? undefined : true,
        // A person sees what the rule took from the arguments, whatever the caller states.
        ...ruledOf(verdict),
        // What sends this very call to a person is nothing that a grant for calls like it has seen.
        ...((request.review_because ?? verdict.built_in) === undefined ? {} : { no_grant: true as const }),
      };
      const reply = await bus.ask(approvalsRequest, question, context);
      if (reply.approval !== undefined || reply.refused !== undefined) return reply;
      throw new AppError('approvals_unavailable', 'The approvals service gave an empty answer.');
    },
    /** The approval of a call that a rule allows, where a person was asked about it under its key all the same. */
    standing: async ({ request }: Ruling, context: RequestContext): Promise<RequestReply> => {
      const { call, dry_run_id } = request;
      return dry_run_id === undefined ? {} : bus.ask(approvalsStanding, { call, dry_run_id }, context);
    },
    /** Uses an approval up for this call, under the terms that the rule has now, together with its decision. */
    use(
      { request, verdict }: Ruling,
      approval_id: string,
      decision: Pick<ConsumeApproval, 'decision' | 'idempotency'>,
      context: RequestContext,
    ): Promise<ConsumeReply> {
      const question = { approval_id, call: request.call, terms: verdict.terms, ...decision };
      return bus.ask(approvalsConsume, question, context);
    },
  };
}
