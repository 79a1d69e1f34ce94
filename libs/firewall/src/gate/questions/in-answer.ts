import { isObject, type JsonMembers, membersOf } from '@aegis/kit/json';
import type { Response } from '../../wire/message.ts';
import { APPROVAL_KEY } from '../read/returned.ts';

/** URL elicitation as an error (2025-11-25). */
const URL_ELICITATION_REQUIRED = -32_042;

/** A question of a server's, wherever it stands: `problem` where it is none that can be named. */
export type Question =
  | { readonly method: string; readonly params: JsonMembers | undefined }
  | { readonly problem: string };

function fromRequests(requests: unknown): Question[] {
  if (requests === undefined || requests === null) return [];
  if (!isObject(requests)) return [{ problem: 'its questions are no object' }];
  return Object.entries(requests).map(([key, asked]) => {
    const { method, ...said } = membersOf(asked);
    const params = said['params'] ?? undefined;
    if (key === APPROVAL_KEY) return { problem: `a question has the name ${APPROVAL_KEY}, which is ours` };
    if (typeof method !== 'string') return { problem: 'a question has no method' };
    if (params !== undefined && !isObject(params))
      return { problem: 'the params of a question are no object' };
    return { method, params };
  });
}

/** What stands in an unfinished result (2026-07-28), in a task that waits for answers, or in the notice of one. */
export function questionsIn(value: unknown): Question[] {
  const members = membersOf(value);
  const { inputRequests, task, tasks } = members;
  const of = [inputRequests, membersOf(task)['inputRequests']];
  if (Array.isArray(tasks)) of.push(...tasks.map((one: unknown) => membersOf(one)['inputRequests']));
  return of.flatMap(fromRequests);
}

/** What a server's answer asks the client. */
export function questionsOf({ result, error }: Response): Question[] {
  if (error === undefined) return questionsIn(result);
  const { code, data } = membersOf(error);
  if (code !== URL_ELICITATION_REQUIRED) return [];
  const { elicitations } = membersOf(data);
  if (!Array.isArray(elicitations)) return [{ problem: 'what it elicits is no list' }];
  return elicitations.map((asked: unknown) =>
    isObject(asked)
      ? { method: 'elicitation/create', params: { mode: 'url', ...asked } }
      : { problem: 'what it elicits is no object' },
  );
}
