import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '@aegis/kit/json';
import { asDouble, isNumber } from '@aegis/kit/numbers';
import type { Id } from './message.ts';
import { ENVELOPE_KEYS } from './protocol-keys.ts';

const SPACE = 0x20;
const BYTE_ORDER_MARK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
/** An id may have 1 KiB, which escapes can make longer; names are shorter. */
const MAX_WORD_BYTES = 6 * 1024;

/** What can be told of a text that is no whole JSON, or too long to be parsed. */
export type TopScanner = {
  take(bytes: Uint8Array): void;
  /** Whether it begins as an object or a list does, and has not ended. */
  readonly isOpen: boolean;
  readonly isInString: boolean;
  /** The request that it was meant to answer; undefined where it is no answer, or does not say. */
  readonly answers: Id | undefined;
  /** The id under which it asks; undefined where it has no method yet, or is an answer. */
  readonly asks: Id | undefined;
};

/** An id as it was written. `1.0` is the number 1, as JSON has it. */
export function idFrom(value: unknown): Id | undefined {
  const id = isNumber(value) ? asDouble(value) : value;
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as Id) : undefined;
}

function parsed(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch {
    return undefined;
  }
}

/** The members of an object's top level by name, of those that JSON-RPC has: as they are written where they are short. */
function createTop() {
  const members = new Map<string, string>();
  let hasStranger = false;
  const says = (name: string): boolean => (members.get(name) ?? 'null') !== 'null';
  const isAnswer = (): boolean => says('result') || says('error');
  return {
    add(key: string, value: string): void {
      const name = parsed(key);
      if (typeof name !== 'string') return;
      if (ENVELOPE_KEYS.has(name)) members.set(name, value);
      else hasStranger = true;
    },
    get asks(): Id | undefined {
      return says('method') && !isAnswer() ? idFrom(parsed(members.get('id') ?? '')) : undefined;
    },
    get answers(): Id | undefined {
      // A line of a log may have an id, too.
      if ((says('method') && !isAnswer()) || (hasStranger && !members.has('jsonrpc'))) return undefined;
      return isAnswer() || members.has('jsonrpc') ? idFrom(parsed(members.get('id') ?? '')) : undefined;
    },
  };
}

/** Walks over bytes as they come, keeps next to nothing of them, and needs them to be no JSON. Linear. */
export function createTopScanner(): TopScanner {
  const top = createTop();
  let depth = 0;
  let isText = false;
  let isInString = false;
  let isEscaped = false;
  let key = '';
  let isValue = false;
  let word: number[] = [];

  const keep = (c: number): void => {
    if (depth === 1 && word.length < MAX_WORD_BYTES) word.push(c);
  };
  const wordEnds = (): void => {
    const written = Buffer.from(word).toString('utf8').trim();
    word = [];
    if (isValue) top.add(key, written);
    else key = written;
  };
  const open = (): void => {
    // What a member holds is of no interest, but that it is there is.
    if (depth === 1 && isValue) top.add(key, '');
    depth++;
    word = [];
    isValue = false;
  };
  const close = (): void => {
    if (depth === 1 && isValue && word.length > 0) wordEnds();
    depth--;
    word = [];
    // What stood in the brackets was a value.
    isValue = false;
    key = '';
  };
  const takeInString = (c: number): void => {
    keep(c);
    if (isEscaped) isEscaped = false;
    else if (c === BACKSLASH) isEscaped = true;
    else if (c === QUOTE) isInString = false;
  };
  const takeOutside = (c: number): void => {
    if (depth === 0 && c !== OPEN_OBJECT && c !== OPEN_ARRAY) isText ||= c > SPACE && !BYTE_ORDER_MARK.has(c);
    else if (c === OPEN_OBJECT || c === OPEN_ARRAY) open();
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) close();
    else if (depth === 1 && c === COLON) {
      wordEnds();
      isValue = true;
    } else if (depth === 1 && c === COMMA) {
      if (word.length > 0) wordEnds();
      isValue = false;
    } else {
      isInString = c === QUOTE;
      keep(c);
    }
  };
  /** Where a string that nobody keeps goes on to be of interest: at its end, or an escape. */
  const skipString = (bytes: Uint8Array, from: number): number => {
    if (isEscaped || (depth === 1 && word.length < MAX_WORD_BYTES)) return from;
    for (let at = from; at < bytes.length; at++) {
      const c = bytes[at];
      if (c === QUOTE || c === BACKSLASH) return at;
    }
    return bytes.length;
  };
  return {
    take(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        if (isInString) at = skipString(bytes, at);
        const c = bytes[at];
        if (isText || c === undefined) return;
        if (isInString) takeInString(c);
        else takeOutside(c);
      }
    },
    get isOpen() {
      return !isText && depth > 0;
    },
    get isInString() {
      return isInString;
    },
    get answers() {
      return top.answers;
    },
    get asks() {
      return top.asks;
    },
  };
}
