import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf } from '@aegis/kit/json';
import { errorResponse, INTERNAL_ERROR } from '../../wire/errors.ts';
import type { Request } from '../../wire/message.ts';
import { LISTEN_KEYS } from '../../wire/protocol-keys.ts';
import { invalidParams, sayNo } from '../answers.ts';
import type { Disposition, GateOptions } from '../api.ts';
import type { Judge } from '../judge.ts';
import type { JudgedRequest } from '../judged-request.ts';
import { readCall, subscribedTo } from '../read/call.ts';
import type { Caller } from '../read/caller.ts';
import { recordedParams } from '../read/recorded-value.ts';
import { type TaskOwners, tasksListenedTo } from '../read/tasks.ts';
import type { Recorder } from '../record/recorder.ts';
import { CANNOT_RECORD, cannotDecide } from '../sentences.ts';

/**
 * Lets a client of the 2026-07-28 era listen for changes: of resources too, where no rule denies one of them, and of its
 * principal's own tasks, whose changes bring their results.
 */
export type ListenHandler = (
  request: Request,
  caller: Caller,
  client: ClientInfo | undefined,
) => Promise<Disposition>;

export type ListenHandlerDeps = {
  readonly judge: Judge;
  readonly deny: (judged: JudgedRequest) => Promise<Disposition>;
  readonly recorder: Pick<Recorder, 'passed'>;
  readonly tasks: Pick<TaskOwners, 'isOwn' | 'callOf'>;
  readonly options: Pick<GateOptions, 'server' | 'principal' | 'record'>;
  readonly closing: AbortSignal;
};

const NOBODY = 'nobody is asked about what is listened to: read it instead';

/** A key that a lenient server could take for one that is judgement. */
const twinIn = (params: Request['params']): string | undefined =>
  [...Object.keys(params ?? {}), ...Object.keys(membersOf(params?.['notifications']))].find(
    (key) => LISTEN_KEYS.lookedLike(key, true) !== undefined,
  );

export function createListenHandler({
  judge,
  deny,
  recorder,
  tasks,
  options,
  closing,
}: ListenHandlerDeps): ListenHandler {
  const { server, principal, record } = options;
  const circumstances = { signal: closing, notify: () => undefined, held: () => undefined };

  /** The answer where a rule does not allow one of these resources, or one can't be judged. */
  const denied = async (
    request: Request,
    caller: Caller,
    client: ClientInfo | undefined,
    uris: readonly string[],
  ): Promise<Disposition | undefined> => {
    for (const uri of uris) {
      const read = readCall(
        server,
        { ...request, method: 'resources/subscribe', params: { uri } },
        { tasks, as: 'named' },
      );
      if ('invalid' in read) return { type: 'answer', text: invalidParams(request, read.invalid) };
      if ('blocked' in read) return { type: 'answer', text: invalidParams(request, read.blocked) };
      const { requested } = read;
      const judgement = await judge(request, requested, caller, client);
      if (judgement.decision === 'allow') continue;
      const reasons = [...judgement.reasons, ...(judgement.decision === 'review' ? [NOBODY] : [])];
      return deny({
        request,
        requested,
        caller,
        client,
        judgement: { ...judgement, reasons },
        circumstances,
      });
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
    if (!recorder.passed({ server, principal, client }, request.method, recordedParams(request, record))) {
      return { type: 'answer', text: errorResponse(request.rawId, INTERNAL_ERROR, CANNOT_RECORD) };
    }
    return { type: 'forward', text: request.text };
  };
}
