import { z } from 'zod';
import { CallId, ClientInfo, Digest, InstanceId, Principal, ServerName } from './call.ts';
import { DecisionId } from './decision.ts';

/** The call that an end belongs to: the event's subject is `aegis.log.call.<call_id>`. */
const of = {
  call_id: CallId,
  /** The `id` of the decision event that let it through. */
  decision_id: DecisionId,
  instance: InstanceId,
  server: ServerName,
  /** As rules name it: `<server>.<tool>`. */
  tool: z.string().min(1).max(400),
  principal: Principal,
};
const timed = {
  /** From the record of the decision to the upstream's answer, in milliseconds. */
  duration_ms: z.number().min(0),
  /** Of the result, or of the error, as the server wrote it: bytes of its JSON text, and their SHA-256. */
  result_bytes: z.int().min(0),
  result_digest: Digest.optional(),
  /** The result as the record keeps it, where it does: whole or redacted. */
  recorded_result: z.unknown().optional(),
};

/** `aegis.call.succeeded.v1`: the server answered with a result. With `accepted` it answered with a task's handle. */
export const CallSucceeded = z.strictObject({ ...of, ...timed, accepted: z.literal(true).optional() });
export type CallSucceeded = z.infer<typeof CallSucceeded>;

/** `aegis.call.failed.v1`: the server answered with an error, or with a result that says it is one. */
export const CallFailed = z.strictObject({ ...of, ...timed, error: z.string().max(1_000) });
export type CallFailed = z.infer<typeof CallFailed>;

/** `aegis.call.outcome_unknown.v1`: the server may have run it; nobody knows. It is never sent again. */
export const CallOutcomeUnknown = z.strictObject({ ...of, because: z.string().max(1_000) });
export type CallOutcomeUnknown = z.infer<typeof CallOutcomeUnknown>;

const from = { call_id: CallId, instance: InstanceId, server: ServerName, principal: Principal };

/** `aegis.call.passed.v1`: a request that reaches the server and that no rule names, such as `completion/complete`. */
export const CallPassed = z.strictObject({
  ...from,
  client: ClientInfo.optional(),
  method: z.string().min(1).max(200),
  params_digest: Digest.optional(),
});
export type CallPassed = z.infer<typeof CallPassed>;

/** `aegis.call.refused.v1`: a message that was not forwarded because readers could differ on what it says. */
export const CallRefused = z.strictObject({
  ...from,
  because: z.string().max(1_000),
  message_bytes: z.int().min(0),
  message_digest: Digest,
});
export type CallRefused = z.infer<typeof CallRefused>;
