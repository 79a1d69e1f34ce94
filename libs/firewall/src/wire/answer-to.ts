import type { Id, Request, Response } from './message.ts';
import { replaceValue } from './splice.ts';

/** Whether an answer under this id is to that request: some servers write `"1"` for `1`, or the reverse. */
export const isFor = (id: Id, asked: Id): boolean => String(id) === String(asked);

/** The other way to write an id; undefined where there is none. */
export function otherWay(id: Id): Id | undefined {
  if (typeof id === 'number') return String(id);
  const number = Number(id);
  return Number.isSafeInteger(number) && String(number) === id ? number : undefined;
}

/** A response under the id of the request that it answers, as the client wrote it: clients match ids by their type too. */
export function answerTo(response: Response, { id, rawId }: Pick<Request, 'id' | 'rawId'>): Response {
  if (response.id === id) return response;
  return { ...response, id, rawId, text: replaceValue(response.text, ['id'], rawId) };
}
