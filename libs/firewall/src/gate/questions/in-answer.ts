import {
  hasMoreItems,
  isObject,
  type JsonMembers,
  MAX_SENT_ITEMS,
  membersOf,
  parseJson,
  tooManyItems,
} from '@aegis/kit/json';
import { ambiguity } from '../../wire/ambiguity.ts';
import type { Message, Response } from '../../wire/message.ts';
import { ASKING_KEYS, ERROR_KEYS, type ProtocolKeys, QUESTION_KEYS } from '../../wire/protocol-keys.ts';
import { APPROVAL_KEY } from '../read/returned.ts';

/** URL elicitation as an error (2025-11-25). */
const URL_ELICITATION_REQUIRED = -32_042;
/** A longer answer may have millions of numbers. */
const MAX_READ_AGAIN = 1_048_576;

/** A question of a server's, wherever it stands: `problem` where it is none that can be named. */
export type Question =
  | { readonly method: string; readonly params: JsonMembers | undefined }
  | { readonly problem: string };

/** Names that questions stand under, as any reader takes them, and letters that are written so that nobody finds them. */
const MAY_ASK = /input_?requests|elicitations|\\u00[4-7][0-9a-f]/iu;
const READ_IN_TWO_WAYS = 'it asks something, and has keys that readers could take for each other';

/** Why a reader of another kind would find a question here, or another one; undefined where none would. */
export function twinProblem(value: unknown, keys: ProtocolKeys): string | undefined {
  const twin = Object.keys(membersOf(value)).find((key) => keys.lookedLike(key, true) !== undefined);
  return twin && `${JSON.stringify(twin.slice(0, 80))} only looks like a name that it asks by`;
}

const twins = (value: unknown, keys: ProtocolKeys): Question[] => {
  const problem = twinProblem(value, keys);
  return problem === undefined ? [] : [{ problem }];
};

const isTooMuch = (text: string): boolean => hasMoreItems(text, MAX_SENT_ITEMS);

/** Whether two readers of what asks, or may ask, could read two things, or it is more than anybody looks through. */
export function asksInTwoWays(message: Message): Question[] {
  if (!MAY_ASK.test(message.text)) return [];
  if (isTooMuch(message.text))
    return [{ problem: `it asks something, or may. ${tooManyItems('message', MAX_SENT_ITEMS)}` }];
  return ambiguity(message) === undefined ? [] : [{ problem: READ_IN_TWO_WAYS }];
}

function fromRequests(requests: unknown): Question[] {
  if (requests === undefined || requests === null) return [];
  if (!isObject(requests)) return [{ problem: 'its questions are no object' }];
  return Object.entries(requests).map(([key, asked]) => fromRequest(key, asked));
}

function fromRequest(key: string, asked: unknown): Question {
  const problem = twinProblem(asked, QUESTION_KEYS);
  if (problem !== undefined) return { problem };
  const { method, ...said } = membersOf(asked);
  const params = said['params'] ?? undefined;
  if (key === APPROVAL_KEY) return { problem: `a question has the name ${APPROVAL_KEY}, which is ours` };
  if (typeof method !== 'string') return { problem: 'a question has no method' };
  if (params !== undefined && !isObject(params)) return { problem: 'the params of a question are no object' };
  return { method, params };
}

/** What stands in an unfinished result (2026-07-28), in a task that waits for answers, or in the notice of one. */
export function questionsIn(value: unknown): Question[] {
  const { task, tasks } = membersOf(value);
  const all = [value, task, ...(Array.isArray(tasks) ? (tasks as unknown[]) : [])];
  return all.flatMap((one) => [...twins(one, ASKING_KEYS), ...fromRequests(membersOf(one)['inputRequests'])]);
}

/** An answer that may ask something with its numbers as they are written, where it is not too long to be read again. */
export function asWritten(response: Response): Response {
  const { text, hasExactNumbers } = response;
  if (hasExactNumbers || text.length > MAX_READ_AGAIN || !MAY_ASK.test(text) || isTooMuch(text))
    return response;
  const { result, error } = parseJson(text) as Pick<Response, 'result' | 'error'>;
  return { ...response, ...(error === undefined ? { result } : { error }), hasExactNumbers: true };
}

/** What a server's answer asks the client. */
export function questionsOf(response: Response): Question[] {
  const { result, error } = response;
  const unclear = asksInTwoWays(response);
  if (unclear.length > 0) return unclear;
  if (error === undefined) return questionsIn(result);
  const { code, data } = membersOf(error);
  const odd = [...twins(error, ERROR_KEYS), ...twins(data, ERROR_KEYS)];
  const { elicitations } = membersOf(data);
  // A code in another form is one to a reader that is not strict.
  if (odd.length > 0 || (Number(code) !== URL_ELICITATION_REQUIRED && elicitations === undefined)) return odd;
  if (!Array.isArray(elicitations)) return [{ problem: 'what it elicits is no list' }];
  return elicitations.map((asked: unknown) =>
    isObject(asked)
      ? { method: 'elicitation/create', params: { mode: 'url', ...asked } }
      : { problem: 'what it elicits is no object' },
  );
}
