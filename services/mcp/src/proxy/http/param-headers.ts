import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Circumstances } from '@aegis/firewall/gate';
import { isObject, membersOf } from '@aegis/kit/json';
import { type AnyNumber, compareNumbers, isNumber, readNumber } from '@aegis/kit/numbers';
import { decodeHeader, HEADER_MISMATCH, headerOf } from './era.ts';

const PREFIX = 'mcp-param-';
const ANNOTATION = 'x-mcp-header';
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** JSON's own, but for the power: what starts with a zero could be octal. */
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
/** `number` is none that the specification admits, and servers check it all the same. */
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean', 'number']);

/** An argument that a client repeats in a header, by the way to it. */
type Repeated = { readonly header: string; readonly path: readonly string[] };

/** All annotated places that can be reached through `properties` alone; those elsewhere make none of them count. */
function repeatedIn(schema: unknown): readonly Repeated[] {
  const found: Repeated[] = [];
  const visit = (node: unknown, path: readonly string[]): void => {
    const { [ANNOTATION]: name, type, properties } = membersOf(node);
    if (path.length > 0 && typeof name === 'string' && TOKEN.test(name) && TYPES.has(type)) {
      found.push({ header: PREFIX + name.toLowerCase(), path });
    }
    for (const [key, inner] of Object.entries(membersOf(properties))) visit(inner, [...path, key]);
  };
  visit(schema, []);
  const annotations = JSON.stringify(schema ?? null).split(`"${ANNOTATION}":`).length - 1;
  const isClear =
    found.length === annotations && new Set(found.map(({ header }) => header)).size === found.length;
  return isClear ? found : [];
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** Minus zero is equal to zero, and another header. */
const isNegative = (number: AnyNumber | string): boolean => String(number).startsWith('-');

function problemOf(said: string | undefined, value: unknown): string | undefined {
  if (said === undefined) return 'is missing';
  const decoded = decodeHeader(said);
  if (decoded === undefined) return 'is not well-written Base64 of UTF-8';
  const isSame =
    isNumber(value) && DECIMAL.test(decoded)
      ? compareNumbers(readNumber(decoded), value) === 0 && isNegative(decoded) === isNegative(value)
      : decoded === String(value);
  return isSame ? undefined : 'does not say what the argument says';
}

/**
 * The `Mcp-Param-*` headers of a modern request (SEP-2243). Which arguments they repeat is in the tool's own schema, so they
 * are compared once that is known; what was not compared goes no further.
 */
export function createParameterHeaders(headers: IncomingHttpHeaders) {
  const verified: OutgoingHttpHeaders = {};
  const disagrees: NonNullable<Circumstances['disagrees']> = (definition, args) => {
    for (const { header, path } of repeatedIn(definition?.['inputSchema'])) {
      const value = valueAt(args, path);
      // There is nothing to repeat: a header says nothing then.
      if (value === undefined || value === null || (typeof value === 'object' && !isNumber(value))) continue;
      const problem = problemOf(headerOf(headers, header), value);
      if (problem !== undefined) {
        return {
          code: HEADER_MISMATCH,
          message: `The ${header} header ${problem}: repeat ${path.join('.')}.`,
        };
      }
      // A reader of the header has no other digits to read than the argument has here.
      verified[header] = isNumber(value) ? String(value) : headers[header];
    }
    return undefined;
  };
  return { disagrees, verified };
}
