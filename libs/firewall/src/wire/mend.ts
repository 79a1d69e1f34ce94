import { membersOf } from '@aegis/kit/json';
import { asDouble, isNumber } from '@aegis/kit/numbers';
import { textProblem } from './envelope.ts';
import { INTERNAL_ERROR } from './errors.ts';
import type { JsonObject } from './json-object.ts';
import { ENVELOPE_KEYS } from './protocol-keys.ts';
import { removeMember, replaceValue, setMember } from './splice.ts';
import { idFrom } from './top-scanner.ts';

const MAX_SHOWN = 1_000;

/** Whether a response's error is one as JSON-RPC 2.0 has it (5.1): clients take no other for an answer. */
export function isError(error: unknown): boolean {
  const { code, message } = membersOf(error);
  return Number.isSafeInteger(code) && typeof message === 'string';
}

const isNumeral = (code: unknown): code is string => typeof code === 'string' && /^-?\d{1,9}$/.test(code);

/** The error with a code and a message, in the server's words; what else it has stays. */
function withWords(text: string, error: unknown): string {
  const { code: given, message } = membersOf(error);
  const code = isNumber(given) ? asDouble(given) : given;
  const said = typeof error === 'string' ? error : JSON.stringify(error).slice(0, MAX_SHOWN);
  const words = typeof message === 'string' ? message : said;
  const isCode = Number.isSafeInteger(code) || isNumeral(code);
  const isOdd =
    !isCode && typeof message === 'string' && (typeof code === 'string' || typeof code === 'number');
  const written = JSON.stringify(isOdd ? `${code}: ${words}` : words);
  const number = String(isCode ? Number(code) : INTERNAL_ERROR);
  if (typeof error !== 'object' || error === null || Array.isArray(error))
    return replaceValue(text, ['error'], `{"code":${number},"message":${written}}`);
  return setMember(setMember(text, ['error'], 'code', number), ['error'], 'message', written);
}

/** Members that say nothing, beside one that does: some writers give null to each that they don't use. */
function empty({ value }: JsonObject): string[] {
  const isNull = (name: string): boolean => value[name] === null;
  if ((value['method'] ?? null) !== null) return ['id', 'result', 'error'].filter(isNull);
  const both = Object.hasOwn(value, 'result') && Object.hasOwn(value, 'error');
  const ofTwo = ['error', 'result'].find((name) => both && isNull(name));
  return ['method', 'params', ...(ofTwo === undefined ? [] : [ofTwo])];
}

/**
 * The text of a server's message as the protocol has it, where it is clear what the server meant: `jsonrpc` "2.0", an id as
 * JSON writes it, one of result and error, an error with a code and a message. It is read as strictly as any other then, and
 * is what is judged, recorded and passed on. `problem` where nobody can tell, or it may be a line of a log. `asker` is the
 * id of the request in whose reply it came: an error without an id is about that one.
 */
export function mend(
  object: JsonObject,
  asker?: string,
): { readonly text: string } | { readonly problem: string } {
  const { value } = object;
  const problem = textProblem(object);
  if (problem !== undefined) return { problem };
  const names = Object.keys(value);
  if (!Object.hasOwn(value, 'jsonrpc') && !names.every((name) => ENVELOPE_KEYS.has(name)))
    return { problem: 'The field jsonrpc must be "2.0".' };
  let { text } = object;
  for (const name of empty(object)) text = removeMember(text, [name]);
  if (value['jsonrpc'] !== '2.0') text = setMember(text, [], 'jsonrpc', '"2.0"');
  const id = idFrom(value['id']);
  if (typeof id === 'number') text = replaceValue(text, ['id'], String(id));
  const { error } = value;
  const isResponse = (value['method'] ?? null) === null;
  const hasError = Object.hasOwn(value, 'error') && !(error === null && Object.hasOwn(value, 'result'));
  if (!isResponse || !hasError) return { text };
  if (asker !== undefined && (value['id'] ?? null) === null) text = setMember(text, [], 'id', asker);
  return { text: isError(error) ? text : withWords(text, error) };
}
