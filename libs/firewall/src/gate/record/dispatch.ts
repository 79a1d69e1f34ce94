import { sayNo } from '../answers.ts';
import type { Disposition, GateOptions, UpstreamEnd } from '../api.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import { decisionOf, type JudgedRequest } from '../judged-request.ts';
import { notReached, refusedByServer, unknownOutcome } from '../sentences.ts';
import { endingOf } from './ending.ts';
import { type CallEnd, newIds, type Sent } from './recorder.ts';

/** A call that the record lets through: sends it, and records how it ended. */
export type Dispatcher = ReturnType<typeof createDispatcher>;

export type Transform = (end: UpstreamEnd & { type: 'response' }) => string;
/** An approval that the call goes on under, and what becomes of the response. */
export type Approved = {
  readonly reasons: string[];
  readonly approvalId: string;
  readonly transform: (sent: Sent) => Transform | undefined;
};

export type DispatcherDeps = Pick<FirewallParts, 'recorder' | 'log' | 'timeoutMs'> & {
  readonly options: GateOptions;
  /** Aborted when the client or the server is gone. */
  readonly closing: AbortSignal;
};

const LOST_CONNECTION = 'the connection ended before the server answered';

const notRun = (because: string, what: 'not sent' | 'refused' = 'not sent'): CallEnd => ({
  type: 'failed',
  data: { duration_ms: 0, result_bytes: 0, error: `${what}: ${because}`.slice(0, 1_000) },
});

export function createDispatcher({ options, recorder, log, timeoutMs, closing }: DispatcherDeps) {
  const { server, principal, record, waitForRecord } = options;
  /** Calls that the upstream has and has not answered, each with what records its end. */
  const underWay = new Set<(because: string) => void>();

  /** What an end of this call refers to. */
  const sent = ({ requested }: JudgedRequest, callId: string, ids: ReturnType<typeof newIds>): Sent => ({
    callId,
    ...ids,
    tool: requested.tool,
    server,
    principal,
  });
  /** A call that is on record as let through, or may be, and was not sent. */
  const notSent = (of: Sent, because: string): void => recorder.end(of, () => notRun(because));

  /** Lets a call through whose dispatch is on record already. `transform` changes the response that the client gets. */
  const forward = (judged: JudgedRequest, of: Sent, transform?: Transform): Disposition => {
    const { request, caller } = judged;
    // A server may never answer, so what waits for its answer keeps nothing of the request but this.
    const { rawId, method, text } = request;
    const { isModern } = caller;
    const startedAt = performance.now();
    let isOver = false;
    const over = (how: () => CallEnd): void => {
      if (isOver) return;
      isOver = true;
      underWay.delete(unknown);
      recorder.end(of, how);
    };
    const unknown = (because: string): void =>
      over(() => ({ type: 'unknown', data: { because: because.slice(0, 1_000) } }));
    const answered = (end: UpstreamEnd & { type: 'response' }): void => {
      const duration_ms = Math.round((performance.now() - startedAt) * 1_000) / 1_000;
      over(() => endingOf(end.response, record, duration_ms));
    };
    underWay.add(unknown);
    const transformed = (end: UpstreamEnd & { type: 'response' }): string => {
      try {
        return transform ? transform(end) : end.response.text;
      } catch (err) {
        log.error({ err, callId: of.callId }, 'a response passes as it is');
        return end.response.text;
      }
    };
    const ended = (end: UpstreamEnd): string => {
      if (end.type === 'response') {
        answered(end);
        return transformed(end);
      }
      const { because, isUnsent, isRefused, http } = end;
      if (isUnsent || isRefused) over(() => notRun(because, isUnsent ? 'not sent' : 'refused'));
      else unknown(because);
      const sentence = isUnsent ? notReached : isRefused ? refusedByServer : unknownOutcome;
      return sayNo({ rawId, method }, isModern, sentence(because), http);
    };
    return { type: 'forward', text, ended, passes: transform === undefined };
  };

  return {
    sent,
    notSent,
    forward,
    /**
     * Records a call that the rules allow, and lets it through.
     *
     * @throws AppError where the record did not confirm it: it was not sent
     */
    async allow(judged: JudgedRequest, more?: Approved): Promise<Disposition> {
      const dispatch = recorder.dispatchOf(server, judged.request.method);
      const ids = newIds();
      const of = sent(judged, dispatch.call_id, ids);
      const facts = decisionOf(judged, options, 'allowed', {
        dispatch,
        ...(more === undefined ? {} : { reasons: more.reasons, approval_id: more.approvalId }),
      });
      // Where too many records wait to be stored, this one is waited for after all.
      if (waitForRecord || !recorder.decideInBackground(facts, ids)) {
        await recorder.decide(facts, ids, Date.now() + timeoutMs).catch((thrown: unknown) => {
          notSent(of, 'the record was not confirmed in time');
          throw thrown;
        });
        if (judged.circumstances.signal.aborted || closing.aborted) {
          notSent(of, 'the caller had gone');
          return { type: 'nothing' };
        }
      }
      return forward(judged, of, more?.transform(of));
    },
    /** Records what is under way as unknown. */
    close(): void {
      for (const unknown of underWay) unknown(LOST_CONNECTION);
    },
  };
}
