import {
  AmountCents,
  IdempotencyKey,
  MAX_CALL_MESSAGE_BYTES,
  Note,
  Op,
  ToolName,
} from '@aegis/contracts/call';
import { CheckReply, EnforceReply, enforce, NO_ARGUMENTS } from '@aegis/contracts/decision';
import {
  INSIDE_META,
  isOneKey,
  nameWhatWasSent,
  ONE_KEY,
  runKeyFields,
  runKeyOf,
  withRunKey,
} from '@aegis/contracts/run-key';
import { AppError } from '@aegis/kit/errors';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';
import { AS_AGENT } from '../openapi/security.ts';
import { AGENT_FAULTS, BODY_FAULTS, GuardProblem, problems } from '../schemas/problem.ts';
import { createAskCheck } from './checks.ts';

const CheckBody = z
  .strictObject({ tool: ToolName, op: Op.optional(), amount_cents: AmountCents.optional() }, NO_ARGUMENTS)
  .meta({
    id: 'Check',
    description: 'A call that somebody thinks of making',
    examples: [{ tool: 'refunds.create', op: 'refund', amount_cents: 12_500 }],
  });

/** `meta` is the caller's own; `run_key`, or `dry_run_id` as it was called, and `reason` mean something here. */
const EnforceBody = z
  .strictObject(
    {
      tool: ToolName,
      op: Op.optional(),
      amount_cents: AmountCents.optional(),
      args: z.record(z.string(), z.unknown()).optional(),
      meta: z
        .looseObject({ ...runKeyFields, reason: Note.optional() })
        .refine(isOneKey, ONE_KEY)
        .optional(),
    },
    INSIDE_META,
  )
  .meta({
    id: 'Enforce',
    description: 'A call that somebody wants to make now',
    examples: [
      {
        tool: 'refunds.create',
        op: 'refund',
        amount_cents: 12_500,
        args: { order: 'A-1001' },
        meta: { run_key: 'refund-A-1001', reason: 'The parcel was lost' },
      },
    ],
  });

/** https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
const EnforceHeaders = z.object({ 'idempotency-key': IdempotencyKey.optional() });

function checkRoute(app: App, deps: HttpDeps): void {
  const askCheck = createAskCheck(deps);
  const schema = {
    tags: ['guard'],
    operationId: 'check',
    summary: 'What would the policy say?',
    description: 'Advisory: nothing is recorded for good, and nothing may run because of it.',
    ...AS_AGENT,
    body: CheckBody,
    response: { 200: CheckReply, ...problems([...BODY_FAULTS, ...AGENT_FAULTS], GuardProblem) },
  };
  app.post('/guard/check', { schema }, async (request) => {
    const answer = await askCheck({ ...request.body, principal: request.principal, via: 'rest' }, request);
    if (answer.allowed !== (answer.decision === 'allow')) {
      throw new AppError('policy_unavailable', 'The policy service gave an answer that contradicts itself.');
    }
    return answer;
  });
}

function enforceRoute(app: App, { ask }: HttpDeps): void {
  const schema = {
    tags: ['guard'],
    operationId: 'enforce',
    summary: 'May this call run now?',
    description:
      'The answer is on record before it is given. `allowed`, `pending` and `blocked` are all answers, with status 200. ' +
      'An approval allows one call, once. A retry with the same Idempotency-Key gets the same answer for ten minutes, pending ones too, with `replayed: true` and ' +
      'the header `Idempotency-Replayed: true`, on record each time; where it does not stand any more, it is `blocked`.',
    ...AS_AGENT,
    headers: EnforceHeaders,
    body: EnforceBody,
    response: { 200: EnforceReply, ...problems([...BODY_FAULTS, ...AGENT_FAULTS, 409], GuardProblem) },
  };
  app.post('/guard/enforce', { schema, bodyLimit: MAX_CALL_MESSAGE_BYTES }, async (request, reply) => {
    const { meta, ...call } = request.body;
    const question = {
      call: { ...call, principal: request.principal },
      dry_run_id: meta && runKeyOf(meta),
      reason: meta?.reason,
      idempotency_key: request.headers['idempotency-key'],
      via: 'rest' as const,
    };
    const answer = await ask(enforce, question, request).catch(nameWhatWasSent(meta, 'meta.'));
    if (answer.allowed !== (answer.status === 'allowed')) {
      throw new AppError('enforcer_unavailable', 'The enforcer gave an answer that contradicts itself.');
    }
    if (answer.replayed) reply.header('idempotency-replayed', 'true');
    return withRunKey(answer);
  });
}

/** Decisions: advisory and binding. Each is asked for; none is made here. */
export function guardRoutes(app: App, deps: HttpDeps): void {
  checkRoute(app, deps);
  enforceRoute(app, deps);
}
