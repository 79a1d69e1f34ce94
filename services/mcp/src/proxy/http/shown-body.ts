import { ENVELOPE_KEYS } from '@aegis/firewall/wire';
import { parseJson } from '@aegis/kit/json';
import { isType } from './headers.ts';

/** How JSON and events begin, to a reader that looks past a byte order mark and the type. */
const READ_AS_MESSAGE = /^[\uFEFF\s\0]*[{[]|^\uFEFF?data(?::|$)/m;

/** What says that somebody is answered, or asked, also by an error (URL elicitation). */
const SAYING: ReadonlySet<string> = new Set(['result', 'method']);
const saysSomething = (key: string): boolean => SAYING.has(ENVELOPE_KEYS.lookedLike(key, true) ?? key);
const ASKS = /elicitations|input_?requests/iu;

/** The value of a JSON text; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return parseJson(text, 'as doubles');
  } catch {
    return undefined;
  }
}

/**
 * Whether a client may see a body that answers none of its requests. Nobody asked for a result, so none can be told from
 * one that was left out of a list, and nobody has judged a question: what could be one to somebody who looks at neither
 * status nor type is not shown.
 */
export function isShown(body: Buffer, contentType: string | undefined): boolean {
  if (body.length === 0) return true;
  const text = body.toString('utf8');
  const value = parsed(text);
  if (value !== undefined) {
    if (typeof value !== 'object' || value === null) return true;
    if (Array.isArray(value) || Object.keys(value).some(saysSomething)) return false;
    return !ASKS.test(JSON.stringify(value));
  }
  const isText = isType(contentType, 'text/plain') || isType(contentType, 'text/html');
  return isText && !READ_AS_MESSAGE.test(text);
}
