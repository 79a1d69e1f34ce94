import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientInfo } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import { errorResponse } from '../../wire/errors.ts';
import type { Request } from '../../wire/message.ts';
import type { JudgedAs } from '../../wire/methods.ts';
import { invalidParams, sayNo } from '../answers.ts';
import type { Circumstances, Disposition } from '../api.ts';
import type { Ruling } from '../by-default.ts';
import { createJudge } from '../judge.ts';
import { decisionOf, type JudgedRequest } from '../judged-request.ts';
import type { Definitions } from '../pins/definitions.ts';
import { readCall } from '../read/call.ts';
import type { Caller } from '../read/caller.ts';
import type { RequestedCall } from '../read/named.ts';
import { belongsTo, type Returned, readReturned, withoutState } from '../read/returned.ts';
import { taskIn } from '../read/tasks.ts';
import { createDispatcher } from '../record/dispatch.ts';
import { newIds, type Who } from '../record/recorder.ts';
import type { ReviewDeps } from '../review/approved-call.ts';
import type { Progress } from '../review/progress.ts';
import { createReview } from '../review/review.ts';
import { blocked, cannotDecide } from '../sentences.ts';
import { createListenHandler } from './handle-listen.ts';

export type CallHandlerDeps = Pick<ReviewDeps, 'parts' | 'options' | 'closing'> & {
  readonly definitions: Definitions;
  readonly progress: Progress;
};

/** A request longer than this is not kept with the task that it makes: what is added to it then can't be judged by rule. */
const MAX_KEPT = 4_096;

/** A request as it came, of whom, and in which circumstances. */
type Came = Pick<JudgedRequest, 'caller' | 'client' | 'circumstances'> & {
  readonly came: Request;
  /** What its method is judged as; undefined for one that nobody knows. */
  readonly as: JudgedAs | undefined;
};
/** The same with what is judged of it. */
type Of = Came & Pick<JudgedRequest, 'request' | 'requested'>;

/** Judges the requests whose method is judgement. */
export function createCallHandler(deps: CallHandlerDeps) {
  const { parts, options, definitions, progress, closing } = deps;
  const { recorder, replica, tasks, seal, log, own, now, timeoutMs, unboundMeta } = parts;
  const { server, principal } = options;
  const judge = createJudge({ server, principal, replica, definitions, own, now });
  const dispatcher = createDispatcher({ options, recorder, log, timeoutMs, closing });
  const review = createReview({ parts, options, judge, dispatcher, progress, closing });
  const underWay = new Set<Promise<Disposition>>();

  const refuse = (request: Request, client: Who['client'], because: string): void =>
    recorder.refused({ server, principal, client }, because, Buffer.from(request.text));

  const deny = async (judged: JudgedRequest): Promise<Disposition> => {
    const { request, caller, judgement, requested } = judged;
    const facts = decisionOf(judged, options, 'blocked');
    await recorder.decide(facts, newIds(), Date.now() + timeoutMs).catch((err: unknown) => {
      log.error({ err, tool: requested.tool }, 'a blocked call is not on record');
    });
    return { type: 'answer', text: sayNo(request, caller.isModern, blocked(judgement.reasons)) };
  };

  /** Where the server makes a task of the call, it is known whose it is, and of which call. */
  const rememberingTask = (of: Disposition, requested: RequestedCall, written: number): Disposition => {
    const { ended } = of.type === 'forward' ? of : {};
    if (of.type !== 'forward' || !ended) return of;
    const { tool, name, args } = requested;
    const call = { tool, name, args: written <= MAX_KEPT ? args : undefined };
    return {
      ...of,
      ended(end) {
        const task = end.type === 'response' ? taskIn(end.response) : undefined;
        if (task !== undefined) tasks.made(server, task, principal, call);
        return ended(end);
      },
    };
  };

  const decide = async (of: Of, returned: Returned): Promise<Disposition> => {
    const { request, requested, caller, client } = of;
    const judgement = await judge(request, requested, caller, client);
    const { state } = returned;
    // What was kept for another call is not for this one: it is judged as if the client had brought nothing of ours.
    if (state && !belongsTo(state, judgement.call)) return attempt(of, withoutState(of.came));
    const judged = { ...of, judgement };
    if (judgement.decision === 'deny') return deny(judged);
    const wrong = of.circumstances.disagrees?.(judgement.definition, requested.args);
    if (wrong) {
      refuse(request, client, wrong.message);
      const text = errorResponse(request.rawId, wrong.code, wrong.message);
      return { type: 'answer', text, isMalformed: true };
    }
    const declined = await review.declined(judged, returned);
    if (declined) return declined;
    const disposition =
      judgement.decision === 'allow' ? dispatcher.allow(judged) : review.pass(judged, returned);
    return rememberingTask(await disposition, requested, request.text.length);
  };

  const attempt = async (of: Came, returned: Returned): Promise<Disposition> => {
    const { caller, client } = of;
    const { request } = returned;
    const { method, params } = request;
    if (method.startsWith('tasks/') && !tasks.isOwn(server, params?.['taskId'], principal)) {
      return { type: 'answer', text: invalidParams(request, 'params.taskId: there is no such task') };
    }
    const read = readCall(server, request, { unboundMeta, tasks, as: of.as });
    if ('invalid' in read) {
      refuse(request, client, read.invalid);
      return { type: 'answer', text: invalidParams(request, read.invalid) };
    }
    if ('blocked' in read) {
      refuse(request, client, read.blocked);
      return { type: 'answer', text: sayNo(request, caller.isModern, blocked([read.blocked])) };
    }
    return decide({ ...of, request, requested: read.requested }, returned);
  };

  /** Whatever goes wrong on the way to a decision is a denial that says so. */
  const attemptSafely = async (of: Came): Promise<Disposition> => {
    try {
      return await attempt(of, readReturned(seal, of.came, options, now()));
    } catch (thrown) {
      const { came, caller } = of;
      if (!(thrown instanceof AppError))
        log.error({ err: thrown, method: came.method }, 'a call could not be judged');
      return { type: 'answer', text: sayNo(came, caller.isModern, cannotDecide(thrown)) };
    }
  };

  /** What is to be done once the call is answered, whoever answers it. */
  const watched = (disposition: Disposition, { progressToken }: Caller): Disposition => {
    const { ended } = disposition.type === 'forward' ? disposition : {};
    if (disposition.type !== 'forward' || !ended) {
      progress.over(progressToken);
      return disposition;
    }
    return {
      ...disposition,
      ended(end) {
        progress.over(progressToken);
        return ended(end);
      },
    };
  };

  const track = (deciding: Promise<Disposition>): Promise<Disposition> => {
    underWay.add(deciding);
    return deciding.finally(() => underWay.delete(deciding));
  };

  return {
    /** A `subscriptions/listen`: no rule may deny any of its resources. */
    listen: createListenHandler({ judge, deny, recorder, tasks, options, closing }),
    async pass(
      request: Request,
      caller: Caller,
      client: ClientInfo | undefined,
      circumstances: Circumstances,
      as: JudgedAs | undefined,
    ): Promise<Disposition> {
      const came = { came: request, caller, client, circumstances, as };
      return watched(await track(attemptSafely(came)), caller);
    },
    /** What the rules say of a request whose method names nothing. @throws AppError where nobody can judge now */
    async ruling(
      request: Request,
      caller: Caller,
      client: ClientInfo | undefined,
      as: JudgedAs,
    ): Promise<Ruling | undefined> {
      const read = readCall(server, request, { tasks, as });
      return 'requested' in read ? (await judge(request, read.requested, caller, client)).ruling : undefined;
    },
    /** Waits, not for long, for what is being judgement; calls that the server has are recorded as unknown. */
    async close(): Promise<void> {
      await Promise.race([Promise.allSettled(underWay), sleep(timeoutMs, undefined, { ref: false })]);
      dispatcher.close();
    },
  };
}
