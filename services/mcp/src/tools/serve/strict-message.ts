import { MAX_CALL_MESSAGE_BYTES } from '@aegis/contracts/call';
import { errorResponse, INVALID_REQUEST, type Message, readClientMessage } from '@aegis/firewall/wire';
import { isObject } from '@aegis/kit/json';
import { type JSONRPCMessage, parseJSONRPCMessage } from '@modelcontextprotocol/server';

/** A message for the tools may have this many bytes; what its arguments may have, who is asked about them says. */
export const MAX_MESSAGE_BYTES = MAX_CALL_MESSAGE_BYTES;

/** The error for who sent a larger one, as text. */
export const TOO_LARGE = errorResponse(
  'null',
  INVALID_REQUEST,
  `A message may have at most ${MAX_MESSAGE_BYTES} bytes.`,
);

/** What there is for a client of the five tools, in either era. */
const SERVED =
  /^(initialize|ping|server\/discover|tools\/(list|call)|subscriptions\/listen|notifications\/.*)$/;

/** The kind of refusal that the SDK makes of a method that is none here, by an answer without a status. */
export const UNKNOWN_METHOD = 'unknown_method';
export const isUnknown = (message: JSONRPCMessage): boolean =>
  'method' in message && !SERVED.test(message.method);

/** Whether it asks for what grows with the policy. */
export const isWide = (message: JSONRPCMessage): boolean =>
  'method' in message && message.method === 'tools/call' && message.params?.['name'] === 'policy_get';

/** A message that the SDK takes, or a JSON-RPC error for who sent it, as text. */
export type ToolMessage = { readonly message: JSONRPCMessage } | { readonly refusal: string };

/** Without null for what is left out: the SDK's schemas have none. A tool's arguments are its own to read. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, key === 'arguments' ? member : withoutNulls(member)]),
  );
}

function fieldsOf(message: Message): object {
  if (message.kind === 'response') {
    const { id, result, error } = message;
    return error === undefined ? { id, result } : { id, error };
  }
  const { method, params } = message;
  const said = params === undefined ? { method } : { method, params: withoutNulls(params) };
  return message.kind === 'request' ? { id: message.id, ...said } : said;
}

/** The message as the SDK has it, of what was read: whoever parses its text again could read other keys. */
function toSdkMessage(message: Message): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage({ jsonrpc: '2.0', ...fieldsOf(message) });
  } catch {
    return undefined;
  }
}

/**
 * Reads a message for the five tools as strictly as those for the servers behind the firewall, before the SDK gets it. A
 * refusal is a parse error (-32700) or an invalid request (-32600).
 */
export function readToolMessage(bytes: Uint8Array): ToolMessage {
  const read = readClientMessage(bytes);
  if ('refused' in read) return { refusal: read.refused.answer };
  const { message } = read;
  const rawId = message.kind === 'request' ? message.rawId : 'null';
  const refuse = (sentence: string) => ({ refusal: errorResponse(rawId, INVALID_REQUEST, sentence) });
  const sdkMessage = toSdkMessage(message);
  return sdkMessage
    ? { message: sdkMessage }
    : refuse('The message does not have the fields of an MCP message.');
}
