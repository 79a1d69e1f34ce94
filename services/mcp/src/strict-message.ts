import { AppError, toAppError } from '@aegis/shared/errors/app-error';
import { parseStrictJson } from '@aegis/shared/json/strict';
import { INVALID_REQUEST, PARSE_ERROR, parseJSONRPCMessage } from '@modelcontextprotocol/server';

/** A message may have this many bytes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** A JSON-RPC error response to a message that no tool gets to see. */
export type Refusal = {
  readonly jsonrpc: '2.0';
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
};

export type ReadMessage = { readonly message: unknown } | { readonly refusal: Refusal };

const UTF8 = new TextDecoder('utf-8', { fatal: true });

export const refuse = (code: number, message: string, id: Refusal['id'] = null): Refusal => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

/** The id that a caller waits for, where there is a plain one. */
function idOf(text: string): Refusal['id'] {
  const id = (JSON.parse(text) as { id?: unknown } | null)?.id;
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as string | number) : null;
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_json', 'The message is not valid UTF-8.', { cause });
  }
}

/**
 * Reads the bytes of a message strictly, before the SDK parses them: duplicate keys, numbers and texts that two readers
 * could read differently are gone after that. A refusal is a parse error (-32700) or an invalid request (-32600).
 */
export function readStrictly(bytes: Uint8Array): ReadMessage {
  let text = '';
  try {
    text = decode(bytes);
    return { message: parseStrictJson(text) };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'invalid_json') {
      return { refusal: refuse(PARSE_ERROR, 'The message is not valid JSON in UTF-8.') };
    }
    return { refusal: refuse(INVALID_REQUEST, error.message, idOf(text)) };
  }
}

/** Whether this is one JSON-RPC message: a request, a notification or a response. */
export function isJsonRpc(message: unknown): boolean {
  try {
    parseJSONRPCMessage(message);
    return true;
  } catch {
    return false;
  }
}
