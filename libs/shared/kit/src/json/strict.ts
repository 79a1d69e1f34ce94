import { AppError } from '../errors/app-error.ts';
import { WrittenNumber } from '../numbers/mod.ts';
import { hasMoreItems, tooManyItems } from './items.ts';
import { type Survey, surveyJson } from './json-text.ts';
import { parseSurveyed } from './parse.ts';

/** Nesting that a call may have; deeper is refused. */
export const MAX_DEPTH = 64;

const invalid = (detail: string): AppError => new AppError('invalid_request', detail);

function checkScalar(value: unknown, path: string): void {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw invalid(`${path || 'body'}: text with a lone surrogate`);
  }
}

/** Members in the parsed value; throws on what two readers could read differently. */
function walk(value: unknown, path: string, levels: number): number {
  if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) {
    checkScalar(value, path);
    return 0;
  }
  if (levels === 0) throw invalid(`${path}: nested too deep`);
  let members = 0;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) members += walk(item, `${path}.${i}`, levels - 1);
    return members;
  }
  for (const key of Object.keys(value)) {
    const at = path ? `${path}.${key}` : key;
    if (key === '__proto__') throw invalid(`${at}: this key is refused`);
    if (!key.isWellFormed()) throw invalid(`${path || 'body'}: a key with a lone surrogate`);
    members += 1 + walk((value as Record<string, unknown>)[key], at, levels - 1);
  }
  return members;
}

/** As many as a text of 1 MiB can have at all. */
const MOST_ITEMS = 524_288;

/**
 * JSON that every reader reads alike: no duplicate keys, no lone surrogates, no `__proto__`, at most `maxDepth`
 * levels and `maxItems` members and elements in all (I-JSON, RFC 7493, and RFC 8785 §3.1). Numbers are read as they are
 * written.
 *
 * @throws AppError `payload_too_large` where it has more items, `invalid_json` where it is not JSON, `invalid_request`
 * where it is but is refused
 */
export function parseStrictJson(
  text: string,
  maxDepth: number = MAX_DEPTH,
  maxItems: number = MOST_ITEMS,
): unknown {
  if (hasMoreItems(text, maxItems)) throw new AppError('payload_too_large', tooManyItems('body', maxItems));
  let value: unknown;
  let survey: Survey;
  try {
    const parsed: unknown = JSON.parse(text);
    survey = surveyJson(text);
    value = parseSurveyed(text, parsed, survey.hasPlainNumbers);
  } catch (cause) {
    throw new AppError('invalid_json', 'The body is not valid JSON.', { cause });
  }
  if (walk(value, '', maxDepth) !== survey.members) {
    throw invalid('body: an object has the same key twice');
  }
  return value;
}
