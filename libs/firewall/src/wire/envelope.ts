import { CONTROL } from '@aegis/kit/text';
import type { JsonObject } from './json-object.ts';
import type { Id, Message } from './message.ts';
import { ENVELOPE_KEYS } from './protocol-keys.ts';

const MAX_ID_BYTES = 1024;
/** The engine copies what is shorter. */
const SHORTEST_SLICE = 13;
/** What a method is spelled with: visible ASCII. */
const METHOD = /^[\x21-\x7e]{1,256}$/;
/** Escapes that could hide a letter. A slash may be written with a backslash: some writers always do. */
const HIDING_ESCAPE = /\\[^/]/;

/** Whether a string, as it is written, hides one of its characters behind an escape. */
export const hidesLetters = (json: string): boolean => json.includes('\\') && HIDING_ESCAPE.test(json);

/** The id and how it is written; `problem` where it is not one that every reader takes for the same. */
type ReadId = { readonly id: Id; readonly rawId: string } | { readonly problem: string };

/** How the value of a top-level field is written; undefined where the field is not there, or there twice. */
function written({ top }: JsonObject, field: string): string | undefined {
  const found = top.filter(({ key }) => key === `"${field}"`);
  return found.length === 1 ? found[0]?.value : undefined;
}

function idProblem(id: unknown, rawId: string): string | undefined {
  if (typeof id === 'number') {
    const isPlain = Number.isSafeInteger(id) && String(id) === rawId;
    return isPlain ? undefined : 'The id must be a string or a plain integer below 2^53.';
  }
  if (typeof id !== 'string') return 'The id must be a string or a plain integer below 2^53.';
  if (Buffer.byteLength(id) > MAX_ID_BYTES) return `The id is longer than ${MAX_ID_BYTES} bytes.`;
  if (CONTROL.test(id) || !id.isWellFormed()) return 'The id has characters that are not text.';
  return undefined;
}

/** Text of its own. The engine's slices keep the whole message alive, and an id may wait long for its answer. */
const copied = (text: string): string => (text.length < SHORTEST_SLICE ? text : Buffer.from(text).toString());

/** The id of a message that has one. */
function readId(object: JsonObject): ReadId {
  const rawId = written(object, 'id');
  if (rawId === undefined) return { problem: 'The id is written with an escape, or twice.' };
  const problem = idProblem(object.value.id, rawId);
  return problem === undefined ? { id: object.value.id as Id, rawId: copied(rawId) } : { problem };
}

/**
 * The id to answer with, as it was written: `null` where there is no plain one. A response's id belongs to a request of
 * the other side: the sender of the response must not take an answer under it for one of its own.
 */
export function answerableId(object: JsonObject): string {
  if (!Object.hasOwn(object.value, 'method') || !Object.hasOwn(object.value, 'id')) return 'null';
  const read = readId(object);
  return 'problem' in read ? 'null' : read.rawId;
}

/** How the id is answered that was found in a text which nobody reads; `null` where it is not plain. */
export function writtenId(id: Id | undefined): string {
  const rawId = JSON.stringify(id) ?? 'null';
  return idProblem(id, rawId) === undefined ? rawId : 'null';
}

/** What lets two readers see different messages: a reader that ends lines at a carriage return, or folds keys. */
export function textProblem({ text, value, top }: JsonObject): string | undefined {
  if (text.includes('\r')) return 'The message has a carriage return inside.';
  if (top.length !== Object.keys(value).length) return 'The message has the same key twice.';
  for (const key of Object.keys(value)) {
    const field = ENVELOPE_KEYS.lookedLike(key, true);
    if (field !== undefined) return `The message has a key that only looks like "${field}".`;
  }
  const escaped = top.find(({ key }) => hidesLetters(key) && ENVELOPE_KEYS.has(JSON.parse(key) as string));
  return escaped && `The key ${JSON.stringify(JSON.parse(escaped.key))} is written with an escape.`;
}

function callProblem({ value }: JsonObject, writtenMethod: string): string | undefined {
  if (typeof value.method !== 'string' || !METHOD.test(value.method)) {
    return 'The method must be a string of up to 256 visible ASCII characters.';
  }
  if (hidesLetters(writtenMethod)) return 'The method is written with an escape.';
  if (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error')) {
    return 'A message with a method has neither a result nor an error.';
  }
  const { params } = value;
  // Some writers put null where there are none.
  const isNone = params === undefined || params === null;
  return isNone || (typeof params === 'object' && !Array.isArray(params))
    ? undefined
    : 'The params must be an object.';
}

function readCall(object: JsonObject): Message | { problem: string } {
  const { text, value, hasExactNumbers } = object;
  const problem = callProblem(object, written(object, 'method') ?? '');
  if (problem !== undefined) return { problem };
  const said = {
    text,
    hasExactNumbers,
    method: value.method as string,
    params: (value.params ?? undefined) as Record<string, unknown> | undefined,
  };
  if (!Object.hasOwn(value, 'id')) return { kind: 'notification', ...said };
  const id = readId(object);
  return 'problem' in id ? id : { kind: 'request', ...id, ...said };
}

function readResponse(object: JsonObject): Message | { problem: string } {
  const { text, value, hasExactNumbers } = object;
  const hasResult = Object.hasOwn(value, 'result');
  if (hasResult === Object.hasOwn(value, 'error')) {
    return { problem: 'A message has a method, or exactly one of result and error.' };
  }
  if (Object.hasOwn(value, 'params')) return { problem: 'A response has no params.' };
  const id = readId(object);
  if ('problem' in id) return id;
  const said = { kind: 'response' as const, ...id, text, hasExactNumbers };
  return hasResult ? { ...said, result: value.result } : { ...said, error: value.error };
}

/** Reads an object as one of the three shapes of JSON-RPC 2.0, or says why it is none. */
export function readEnvelope(object: JsonObject): Message | { readonly problem: string } {
  const problem = textProblem(object);
  if (problem !== undefined) return { problem };
  if (written(object, 'jsonrpc') !== '"2.0"') return { problem: 'The field jsonrpc must be "2.0".' };
  return Object.hasOwn(object.value, 'method') ? readCall(object) : readResponse(object);
}
