import { errorResponse, INVALID_PARAMS } from '../wire/errors.ts';
import type { Request } from '../wire/message.ts';

/** Blocked, where a method has no result that could say so (-32000 to -32019 are an implementation's own). */
export const BLOCKED = -32_010;

type Asker = Pick<Request, 'rawId' | 'method'>;

/**
 * Tells the asker in words that its call did not run, or may not have. A tool call gets a result with `isError`, which a
 * model reads; the other methods have no such result and get a protocol error with the same words.
 */
export function sayNo({ rawId, method }: Asker, isModern: boolean, sentence: string): string {
  if (method !== 'tools/call') return errorResponse(rawId, BLOCKED, sentence);
  const text = JSON.stringify(sentence);
  const type = isModern ? '"resultType":"complete",' : '';
  return `{"jsonrpc":"2.0","id":${rawId},"result":{${type}"content":[{"type":"text","text":${text}}],"isError":true}}`;
}

export const invalidParams = ({ rawId }: Asker, problem: string): string =>
  errorResponse(rawId, INVALID_PARAMS, problem);
