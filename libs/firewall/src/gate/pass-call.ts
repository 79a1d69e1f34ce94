import type { ClientInfo } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import type { Request } from '../wire/message.ts';
import { invalidParams, sayNo } from './answers.ts';
import type { FirewallParts } from './firewall-parts.ts';
import { createJudge } from './judge.ts';
import { createListen, type Listen } from './pass-listen.ts';
import type { Circumstances, GateOptions, Passage } from './passage.ts';
import { decisionOf, type Passing } from './passing.ts';
import type { Definitions } from './pins/definitions.ts';
import { type Asked, readCall } from './read/call.ts';
import type { Caller } from './read/era.ts';
import { readGiven } from './read/given.ts';
import { taskIn } from './read/tasks.ts';
import { createDispatcher } from './record/dispatch.ts';
import { newIds, type Who } from './record/record.ts';
import type { Progress } from './review/progress.ts';
import { createReview } from './review/review.ts';
import { blocked, cannotDecide } from './sentences.ts';

/** Judges the requests whose method is judged. */
export type PassCall = {
  pass(
    request: Request,
    caller: Caller,
    client: ClientInfo | undefined,
    circumstances: Circumstances,
  ): Promise<Passage>;
  /** A `subscriptions/listen`: no rule may deny any of its resources. */
  readonly listen: Listen;
  /** Waits, not for long, for what is being judged; calls that the server has are recorded as unknown. */
  close(): Promise<void>;
};

export type PassCallDeps = {
  readonly parts: FirewallParts;
  readonly options: GateOptions;
  readonly definitions: Definitions;
  readonly progress: Progress;
  /** Aborted when the client or the server is gone. */
  readonly closing: AbortSignal;
};

const settled = async (waiting: ReadonlySet<Promise<unknown>>, withinMs: number): Promise<void> => {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, withinMs);
  await Promise.race([Promise.allSettled(waiting), late.promise]);
  clearTimeout(timer);
};

export function createPassCall(deps: PassCallDeps): PassCall {
  const { parts, options, definitions, progress, closing } = deps;
  const { recorder, replica, tasks, seal, log, now, timeoutMs } = parts;
  const { server, principal } = options;
  const judge = createJudge({ server, principal, replica, definitions, now });
  const dispatcher = createDispatcher({ options, recorder, log, timeoutMs, closing });
  const review = createReview({ parts, options, judge, dispatcher, progress, closing });
  const underWay = new Set<Promise<Passage>>();

  const refuse = (request: Request, client: Who['client'], because: string): void =>
    recorder.refused({ server, principal, client }, because, Buffer.from(request.text));

  const deny = async (passing: Passing): Promise<Passage> => {
    const { request, caller, judged, asked } = passing;
    const facts = decisionOf(passing, options, 'blocked');
    await recorder.decide(facts, newIds(), Date.now() + timeoutMs, true).catch((err: unknown) => {
      log.error({ err, tool: asked.tool }, 'a blocked call is not on record');
    });
    return { type: 'answer', text: sayNo(request, caller.isModern, blocked(judged.reasons)) };
  };

  const decide = async (of: Omit<Passing, 'judged' | 'text'>): Promise<Passage> => {
    const { request, asked, caller, client } = of;
    const judged = await judge(request, asked, caller, client);
    const given = readGiven(seal, request, judged.call, server, now());
    const passing = { ...of, judged, text: given.text };
    if (judged.decision === 'deny') return deny(passing);
    const declined = await review.declined(passing, given);
    if (declined) return declined;
    return judged.decision === 'allow' ? dispatcher.allow(passing) : review.pass(passing, given);
  };

  /** Whatever goes wrong on the way to a decision is a denial that says so. */
  const decideSafely = (of: Omit<Passing, 'judged' | 'text'>): Promise<Passage> =>
    decide(of).catch((thrown: unknown): Passage => {
      const { request, asked, caller } = of;
      if (!(thrown instanceof AppError))
        log.error({ err: thrown, tool: asked.tool }, 'a call could not be judged');
      return { type: 'answer', text: sayNo(request, caller.isModern, cannotDecide(thrown)) };
    });

  /** What is to be done once the call is answered, whoever answers it. */
  const watched = (passage: Passage, { progressToken }: Caller): Passage => {
    const { ended } = passage.type === 'forward' ? passage : {};
    if (passage.type !== 'forward' || !ended) {
      progress.over(progressToken);
      return passage;
    }
    return {
      ...passage,
      ended(end) {
        progress.over(progressToken);
        const task = end.type === 'response' ? taskIn(end.response) : undefined;
        if (task !== undefined) tasks.made(server, task, principal);
        return ended(end);
      },
    };
  };

  const track = async (passing: Promise<Passage>): Promise<Passage> => {
    underWay.add(passing);
    try {
      return await passing;
    } finally {
      underWay.delete(passing);
    }
  };

  return {
    listen: createListen({ judge, deny, recorder, tasks, options, closing }),
    async pass(request, caller, client, circumstances) {
      const read = readCall(server, request);
      if ('invalid' in read) {
        refuse(request, client, read.invalid);
        return { type: 'answer', text: invalidParams(request, read.invalid) };
      }
      if ('blocked' in read) {
        refuse(request, client, read.blocked);
        return { type: 'answer', text: sayNo(request, caller.isModern, blocked([read.blocked])) };
      }
      const asked: Asked = read.asked;
      return watched(await track(decideSafely({ request, asked, caller, client, circumstances })), caller);
    },
    async close() {
      await settled(underWay, timeoutMs);
      dispatcher.close();
    },
  };
}
