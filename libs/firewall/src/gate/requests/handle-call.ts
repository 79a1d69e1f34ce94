import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientInfo } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import type { Request } from '../../wire/message.ts';
import { invalidParams, sayNo } from '../answers.ts';
import type { Circumstances, Disposition } from '../api.ts';
import { createJudge } from '../judge.ts';
import { decisionOf, type JudgedRequest } from '../judged-request.ts';
import type { Definitions } from '../pins/definitions.ts';
import { readCall } from '../read/call.ts';
import type { Caller } from '../read/caller.ts';
import { readReturned } from '../read/returned.ts';
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

/** Judges the requests whose method is judgement. */
export function createCallHandler(deps: CallHandlerDeps) {
  const { parts, options, definitions, progress, closing } = deps;
  const { recorder, replica, tasks, seal, log, now, timeoutMs } = parts;
  const { server, principal } = options;
  const judge = createJudge({ server, principal, replica, definitions, now });
  const dispatcher = createDispatcher({ options, recorder, log, timeoutMs, closing });
  const review = createReview({ parts, options, judge, dispatcher, progress, closing });
  const underWay = new Set<Promise<Disposition>>();

  const refuse = (request: Request, client: Who['client'], because: string): void =>
    recorder.refused({ server, principal, client }, because, Buffer.from(request.text));

  const deny = async (judged: JudgedRequest): Promise<Disposition> => {
    const { request, caller, judgement, requested } = judged;
    const facts = decisionOf(judged, options, 'blocked');
    await recorder.decide(facts, newIds(), Date.now() + timeoutMs, true).catch((err: unknown) => {
      log.error({ err, tool: requested.tool }, 'a blocked call is not on record');
    });
    return { type: 'answer', text: sayNo(request, caller.isModern, blocked(judgement.reasons)) };
  };

  const decide = async (of: Omit<JudgedRequest, 'judgement' | 'text'>): Promise<Disposition> => {
    const { request, requested, caller, client } = of;
    const judgement = await judge(request, requested, caller, client);
    const returned = readReturned(seal, request, judgement.call, server, now());
    const judged = { ...of, judgement, text: returned.text };
    if (judgement.decision === 'deny') return deny(judged);
    const declined = await review.declined(judged, returned);
    if (declined) return declined;
    return judgement.decision === 'allow' ? dispatcher.allow(judged) : review.pass(judged, returned);
  };

  /** Whatever goes wrong on the way to a decision is a denial that says so. */
  const decideSafely = (of: Omit<JudgedRequest, 'judgement' | 'text'>): Promise<Disposition> =>
    decide(of).catch((thrown: unknown): Disposition => {
      const { request, requested, caller } = of;
      if (!(thrown instanceof AppError))
        log.error({ err: thrown, tool: requested.tool }, 'a call could not be judged');
      return { type: 'answer', text: sayNo(request, caller.isModern, cannotDecide(thrown)) };
    });

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
        const task = end.type === 'response' ? taskIn(end.response) : undefined;
        if (task !== undefined) tasks.made(server, task, principal);
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
    ): Promise<Disposition> {
      const read = readCall(server, request);
      if ('invalid' in read) {
        refuse(request, client, read.invalid);
        return { type: 'answer', text: invalidParams(request, read.invalid) };
      }
      if ('blocked' in read) {
        refuse(request, client, read.blocked);
        return { type: 'answer', text: sayNo(request, caller.isModern, blocked([read.blocked])) };
      }
      const { requested } = read;
      return watched(
        await track(decideSafely({ request, requested, caller, client, circumstances })),
        caller,
      );
    },
    /** Waits, not for long, for what is being judgement; calls that the server has are recorded as unknown. */
    async close(): Promise<void> {
      await Promise.race([Promise.allSettled(underWay), sleep(timeoutMs, undefined, { ref: false })]);
      dispatcher.close();
    },
  };
}
