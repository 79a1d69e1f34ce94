import { hasMoreItems, tooManyItems } from '@aegis/kit/json';
import { depthProblem, paramsProblem, treeProblem } from './ambiguity.ts';
import { answerableId, readEnvelope, writtenId } from './envelope.ts';
import { errorResponse, INVALID_REQUEST, PARSE_ERROR } from './errors.ts';
import { MAX_ITEMS } from './items.ts';
import { type JsonObject, readJsonObject } from './json-object.ts';
import type { Message, RefusedMessage } from './message.ts';
import { isReadIn, strangerIn } from './protocol-keys.ts';
import { createTopScanner } from './top-scanner.ts';

/** Most writers begin with the id and the method. */
const ID_WITHIN_BYTES = 65_536;

const refuse = (problem: string, rawId = 'null', code = INVALID_REQUEST): { refused: RefusedMessage } => ({
  refused: { because: problem, answer: errorResponse(rawId, code, problem) },
});

function strangerProblem(message: Message, { value }: JsonObject): string | undefined {
  if (message.kind === 'response' || !isReadIn(message.method)) return undefined;
  const stranger = strangerIn(value);
  return (
    stranger &&
    `The message has a member that JSON-RPC does not have: ${JSON.stringify(stranger.slice(0, 80))}.`
  );
}

function readStrictly(object: JsonObject): Message | { readonly problem: string } {
  const problem = depthProblem(object) ?? treeProblem(object);
  if (problem !== undefined) return { problem };
  const message = readEnvelope(object);
  const stranger = 'problem' in message ? undefined : strangerProblem(message, object);
  if (stranger !== undefined) return { problem: stranger };
  if ('problem' in message || message.kind === 'response') return message;
  const params = paramsProblem(message, object);
  return params === undefined ? message : { problem: params };
}

/** The id of a request that is not read: a client would wait for ever for an answer under none. */
function askedUnder(bytes: Uint8Array): string {
  const scanner = createTopScanner();
  scanner.take(bytes.subarray(0, ID_WITHIN_BYTES));
  return writtenId(scanner.asks);
}

/**
 * Reads one message of a client, without its line ending, and refuses whatever two readers could take for two different
 * messages. Never throws. The refusal's answer is a parse error (-32700) for what is not JSON in UTF-8, else an invalid
 * request (-32600), with the sender's id where it gave a plain one.
 *
 * Numbers are read as they are written, whatever a double holds.
 */
export function readClientMessage(bytes: Uint8Array): { message: Message } | { refused: RefusedMessage } {
  const object = readJsonObject(bytes, 'client');
  if ('problem' in object) {
    return object.isJson
      ? refuse(object.problem, askedUnder(bytes))
      : refuse(object.problem, 'null', PARSE_ERROR);
  }
  const message = readStrictly(object);
  return 'problem' in message ? refuse(message.problem, answerableId(object)) : { message };
}

/**
 * Reads one message of a server. What it says may be as odd as it likes, but who it answers and what kind of message
 * it is must be plain, and what it says or asks unasked no larger than a client's; `nonsense` says why it is not. Never
 * throws.
 */
export function readServerMessage(bytes: Uint8Array): { message: Message } | { nonsense: string } {
  const object = readJsonObject(bytes, 'server');
  if ('problem' in object) return { nonsense: object.problem };
  const message = readEnvelope(object);
  if ('problem' in message) return { nonsense: message.problem };
  const isTooMuch = message.kind !== 'response' && hasMoreItems(message.text, MAX_ITEMS.client);
  return isTooMuch ? { nonsense: tooManyItems('message', MAX_ITEMS.client) } : { message };
}
