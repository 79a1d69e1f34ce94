import type { Bus } from '@aegis/bus';
import { callDigest } from '@aegis/contracts/call-digest';
import { type EnforceReply, enforce } from '@aegis/contracts/decision';
import { AppError, type ErrorCode } from '@aegis/kit/errors';
import { newTraceId } from '@aegis/kit/trace';
import type { GateOptions } from '../api.ts';
import { type JudgedRequest, originOf } from '../judged-request.ts';
import type { Dispatcher } from '../record/dispatch.ts';
import type { Recorder, Sent } from '../record/recorder.ts';

/** After these nobody here knows whether the enforcer has recorded the call as let through. */
const UNCLEAR: ReadonlySet<ErrorCode> = new Set([
  'bus_unavailable',
  'storage_unavailable',
  'deadline_exceeded',
]);

/** Where nobody answered before the deadline, nobody was there, and nothing was recorded. */
const isUnclear = (thrown: unknown, deadlineMs: number): boolean =>
  Date.now() >= deadlineMs || (thrown instanceof AppError && UNCLEAR.has(thrown.code));

const UNKNOWN_DECISION = 'unknown';
const MAX_REASONS = 20;
const MAX_REASON = 2_000;
const DIGEST_START = 'sha256:'.length;
const KEY_DIGITS = 40;

export type Enforced = { readonly reply: EnforceReply; readonly sent: Sent };
/** Asks the enforcer whether a call may run now. `allowed` means that its approval is used up and its dispatch on record. */
export type AskEnforcer = (judged: JudgedRequest, deadlineMs: number) => Promise<Enforced>;

export type AskEnforcerDeps = {
  readonly bus: Bus;
  readonly recorder: Recorder;
  readonly options: GateOptions;
  readonly dispatcher: Pick<Dispatcher, 'sent' | 'notSent'>;
};

/** The key of the approval: the same for the same call, so that a repeated call finds the approval that it asked for. */
const dryRunIdOf = (digest: string): string =>
  `call-${digest.slice(DIGEST_START, DIGEST_START + KEY_DIGITS)}`;

export function createAskEnforcer(deps: AskEnforcerDeps): AskEnforcer {
  const { bus, recorder, options, dispatcher } = deps;
  return async (judged, deadlineMs) => {
    const { judgement, caller, request } = judged;
    const dispatch = recorder.dispatchOf(options.server, request.method);
    const because = judgement.reviewBecause.slice(0, MAX_REASONS).map((why) => why.slice(0, MAX_REASON));
    const question = {
      ...originOf(judged, options),
      call: judgement.call,
      dry_run_id: dryRunIdOf(callDigest(judgement.call)),
      dispatch,
      via: options.via,
      review_because: because.length === 0 ? undefined : because,
    };
    const from = { principal: options.principal, from: judged.client?.name };
    const context = { deadlineMs, traceparent: caller.traceparent, caller: from };
    try {
      const reply = await bus.ask(enforce, question, context);
      // An enforcer of release 0.1.0 does not name it.
      const ids = { decisionId: reply.decision_id ?? UNKNOWN_DECISION, traceId: reply.trace_id };
      return { reply, sent: dispatcher.sent(judged, dispatch.call_id, ids) };
    } catch (thrown) {
      if (isUnclear(thrown, deadlineMs)) {
        const ids = { decisionId: UNKNOWN_DECISION, traceId: newTraceId() };
        dispatcher.notSent(
          dispatcher.sent(judged, dispatch.call_id, ids),
          'the enforcer gave no clear answer',
        );
      }
      throw thrown;
    }
  };
}
