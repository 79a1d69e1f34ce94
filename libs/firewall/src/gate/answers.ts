import { errorResponse, INVALID_PARAMS } from '../wire/errors.ts';
import type { Request } from '../wire/message.ts';
import type { HttpSaid } from './api.ts';

/** Blocked, where a method has no result that could say so (-32000 to -32019 are an implementation's own). */
export const BLOCKED = -32_010;

type Asker = Pick<Request, 'rawId' | 'method'>;

const metaOf = ({ http_status, retry_after }: HttpSaid): string =>
  `,"_meta":${JSON.stringify({ 'aegis/http_status': http_status, 'aegis/retry_after': retry_after })}`;

/**
 * Tells the asker in words that its call did not run, or may not have. A tool call gets a result with `isError`, which a
 * model reads; the other methods have no such result and get a protocol error with the same words. `http` goes along: as
 * the error's `data`, or in the result's `_meta`.
 */
export function sayNo(
  { rawId, method }: Asker,
  isModern: boolean,
  sentence: string,
  http?: HttpSaid,
): string {
  if (method !== 'tools/call') return errorResponse(rawId, BLOCKED, sentence, http);
  const text = JSON.stringify(sentence);
  const type = isModern ? '"resultType":"complete",' : '';
  return `{"jsonrpc":"2.0","id":${rawId},"result":{${type}"content":[{"type":"text","text":${text}}],"isError":true${http ? metaOf(http) : ''}}}`;
}

export const invalidParams = ({ rawId }: Asker, problem: string): string =>
  errorResponse(rawId, INVALID_PARAMS, problem);
