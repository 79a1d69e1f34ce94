import { isUtf8 } from 'node:buffer';
import { hasEscapedKeys, hasMoreItems, parseKeyByKey, tooManyItems } from '@aegis/kit/json';
import { MAX_ITEMS } from './items.ts';
import { type Scan, scanObject, type TopMember, topMembers } from './scan.ts';

/** A JSON object and what its text says beyond its value. */
export type JsonObject = {
  /** Without line feeds. */
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly scan: Scan;
  /** False where a number of the value is a double and is written in another way, so that it may be another number. */
  readonly hasExactNumbers: boolean;
  /** Whether a key, in whatever object, is written with an escape. */
  readonly hasEscapedKeys: boolean;
  /** Its top-level members as they are written, those with an equal key too. */
  readonly top: readonly TopMember[];
};

/** Why bytes are not one JSON object; `isJson` tells a wrong message from no message. */
export type NotAnObject = { readonly problem: string; readonly isJson: boolean };

const BYTE_ORDER_MARK = '\u{feff}';
/** Longer messages of a server may have millions of numbers. */
const MAX_EXACT_LENGTH = 1_048_576;

const notJson = (problem: string): NotAnObject => ({ problem, isJson: false });
const notObject = (problem: string): NotAnObject => ({ problem, isJson: true });

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Numbers are read as they are written in what a client says, and in what a server asks where that is short. */
const isReadExactly = (value: object, text: string, whose: 'client' | 'server'): boolean =>
  whose === 'client' || (Object.hasOwn(value, 'method') && text.length <= MAX_EXACT_LENGTH);

/**
 * Reads the bytes of one message. A line feed can only stand between two tokens and becomes a space, so that the text
 * stays one line. More than {@link MAX_ITEMS} members and elements in all are a problem that is found before anything is
 * parsed.
 */
export function readJsonObject(bytes: Uint8Array, whose: 'client' | 'server'): JsonObject | NotAnObject {
  if (!isUtf8(bytes)) return notJson('The message is not valid UTF-8.');
  const came = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  if (came.startsWith(BYTE_ORDER_MARK)) return notJson('The message starts with a byte order mark.');
  if (hasMoreItems(came, MAX_ITEMS[whose])) return notObject(tooManyItems('message', MAX_ITEMS[whose]));
  const parsed = parse(came);
  if (!parsed) return notJson('The message is not valid JSON.');
  const { value } = parsed;
  if (Array.isArray(value)) return notObject('Batches are not supported: send each message by itself.');
  if (typeof value !== 'object' || value === null) return notObject('The message is not a JSON object.');
  const text = came.replaceAll('\n', ' ');
  const scan = scanObject(text);
  const escaped = hasEscapedKeys(text);
  const isExact = scan.hasPlainNumbers || isReadExactly(value, text, whose);
  // The engine's own parser is the quickest, and reads keys without an escape as they are written.
  const isParsed = !escaped && (scan.hasPlainNumbers || !isExact);
  const read = isParsed ? value : parseKeyByKey(text, isExact ? 'as written' : 'as doubles');
  return {
    text,
    value: read as Record<string, unknown>,
    scan,
    hasExactNumbers: isExact,
    top: topMembers(text, scan),
    hasEscapedKeys: escaped,
  };
}
