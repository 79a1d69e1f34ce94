import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf } from '@aegis/kit/json';
import { errorResponse } from '../wire/errors.ts';
import type { Request } from '../wire/message.ts';
import { LISTEN_KEYS } from '../wire/protocol-keys.ts';
import { INTERNAL_ERROR, invalidParams, sayNo } from './answers.ts';
import type { Judge } from './judge.ts';
import type { GateOptions, Passage } from './passage.ts';
import type { Passing } from './passing.ts';
import { readCall, subscribedTo } from './read/call.ts';
import type { Caller } from './read/era.ts';
import { type TaskOwners, tasksListenedTo } from './read/tasks.ts';
import type { Recorder } from './record/record.ts';
import { CANNOT_RECORD, cannotDecide } from './sentences.ts';

/**
 * Lets a client of the 2026-07-28 era listen for changes: of resources too, where no rule denies one of them, and of its
 * principal's own tasks, whose changes bring their results.
 */
export type Listen = (request: Request, caller: Caller, client: ClientInfo | undefined) => Promise<Passage>;

export type ListenDeps = {
  readonly judge: Judge;
  readonly deny: (passing: Passing) => Promise<Passage>;
  readonly recorder: Pick<Recorder, 'passed'>;
  readonly tasks: Pick<TaskOwners, 'isOwn'>;
  readonly options: Pick<GateOptions, 'server' | 'principal'>;
  readonly closing: AbortSignal;
};

/** A key that a lenient server could take for one that is judged. */
const twinIn = (params: Request['params']): string | undefined =>
  [...Object.keys(params ?? {}), ...Object.keys(membersOf(params?.['notifications']))].find(
    (key) => LISTEN_KEYS.lookedLike(key, true) !== undefined,
  );

export function createListen({ judge, deny, recorder, tasks, options, closing }: ListenDeps): Listen {
  const { server, principal } = options;
  const circumstances = { signal: closing, notify: () => undefined, held: () => undefined };

  /** The answer where a rule denies one of these resources, or one can't be judged. */
  const denied = async (
    request: Request,
    caller: Caller,
    client: ClientInfo | undefined,
    uris: readonly string[],
  ): Promise<Passage | undefined> => {
    for (const uri of uris) {
      const read = readCall(server, { ...request, method: 'resources/subscribe', params: { uri } });
      if ('invalid' in read) return { type: 'answer', text: invalidParams(request, read.invalid) };
      if ('blocked' in read) return { type: 'answer', text: invalidParams(request, read.blocked) };
      const { asked } = read;
      const judged = await judge(request, asked, caller, client);
      if (judged.decision !== 'deny') continue;
      return deny({ request, asked, caller, client, judged, circumstances, text: request.text });
    }
    return undefined;
  };

  return async (request, caller, client) => {
    const twin = twinIn(request.params);
    if (twin !== undefined) {
      return {
        type: 'answer',
        text: invalidParams(request, `params: ${twin} only looks like a field of them`),
      };
    }
    const uris = subscribedTo(request.params);
    if (!uris) return { type: 'answer', text: invalidParams(request, 'params.notifications: expected URIs') };
    const taskIds = tasksListenedTo(request.params);
    if (!taskIds?.every((id) => tasks.isOwn(server, id, principal))) {
      const problem = 'params.notifications.taskIds: expected ids of tasks that are yours';
      return { type: 'answer', text: invalidParams(request, problem) };
    }
    try {
      const no = await denied(request, caller, client, uris);
      if (no) return no;
    } catch (thrown) {
      return { type: 'answer', text: sayNo(request, caller.isModern, cannotDecide(thrown)) };
    }
    if (!recorder.passed({ server, principal, client }, request.method)) {
      return { type: 'answer', text: errorResponse(request.rawId, INTERNAL_ERROR, CANNOT_RECORD) };
    }
    return { type: 'forward', text: request.text };
  };
}
