/** Error codes of JSON-RPC 2.0, section 5.1. */
export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;

/**
 * A JSON-RPC error response, as text. `rawId` is the id as the asker wrote it, `null` where it gave none that can be
 * read.
 */
export function errorResponse(rawId: string, code: number, message: string, data?: unknown): string {
  const error = JSON.stringify(data === undefined ? { code, message } : { code, message, data });
  return `{"jsonrpc":"2.0","id":${rawId},"error":${error}}`;
}

/** A JSON-RPC result response, as text. `rawId` is the id as the asker wrote it; `result` is written as JSON. */
export const resultResponse = (rawId: string, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${rawId},"result":${JSON.stringify(result)}}`;
