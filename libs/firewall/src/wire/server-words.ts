import { elements, hasMoreItems, OPEN_ARRAY, skipSpace, slice, tooManyItems } from '@aegis/kit/json';
import { MAX_ITEMS } from './items.ts';
import { readJsonObject } from './json-object.ts';
import { isError, mend } from './mend.ts';
import type { Id, Message } from './message.ts';
import { readServerMessage } from './read-message.ts';
import { createTopScanner } from './top-scanner.ts';

/**
 * What a server said: a message, whose text is not what came where it is `isMended`; or why it is none, with the request
 * that it was meant to answer, where that can be told.
 */
export type ServerWord =
  | { readonly message: Message; readonly isMended: boolean }
  | { readonly nonsense: string; readonly answers: Id | undefined };

const BYTE_ORDER_MARK = /^\uFEFF/;
/** More in one batch is no answer to anybody. */
const MAX_BATCH = 1_024;

/** What bytes that are no message were meant to answer. */
export function answeredBy(bytes: Uint8Array): Id | undefined {
  const scanner = createTopScanner();
  scanner.take(bytes);
  return scanner.answers;
}

const isWhole = (message: Message): boolean =>
  message.kind !== 'response' || message.error === undefined || isError(message.error);

function mendedMessage(text: string, asker: string | undefined): ServerWord {
  const bytes = Buffer.from(text);
  const object = readJsonObject(bytes, 'server');
  if ('problem' in object) return { nonsense: object.problem, answers: undefined };
  const nonsense = (because: string): ServerWord => ({ nonsense: because, answers: answeredBy(bytes) });
  try {
    const mended = mend(object, asker);
    if ('problem' in mended) return nonsense(mended.problem);
    const read = readServerMessage(Buffer.from(mended.text));
    return 'message' in read ? { message: read.message, isMended: true } : nonsense(read.nonsense);
  } catch {
    // Splicing finds the same key twice.
    return nonsense('The message has the same key twice.');
  }
}

/** Bytes that are no message as they are. What is not UTF-8 is read with U+FFFD in its place. */
function wordsIn(bytes: Uint8Array, asker: string | undefined): readonly ServerWord[] {
  const came = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const text = came.replace(BYTE_ORDER_MARK, '').replaceAll('\r', ' ');
  if (hasMoreItems(text, MAX_ITEMS.server))
    return [{ nonsense: tooManyItems('message', MAX_ITEMS.server), answers: answeredBy(bytes) }];
  try {
    JSON.parse(text);
  } catch {
    return [{ nonsense: 'The message is not valid JSON.', answers: answeredBy(bytes) }];
  }
  const start = skipSpace(text, 0);
  if (text.charCodeAt(start) !== OPEN_ARRAY) return [mendedMessage(text, asker)];
  const words = Array.from(elements(text, start), (span) => slice(text, span));
  if (words.length === 0 || words.length > MAX_BATCH)
    return [{ nonsense: `The message is a list of none, or of more than ${MAX_BATCH}.`, answers: undefined }];
  return words.map((word) => mendedMessage(word, asker));
}

/**
 * Reads what a server said, without its line ending. A message that is plain is taken as it is; of any other, what can be
 * understood is written as the protocol has it: a batch is several messages. `asker` is the id, as it was written, of the
 * request in whose reply it came, where there is one. Never throws, and gives one word at least.
 */
export function readServerWords(bytes: Uint8Array, asker?: string): readonly ServerWord[] {
  const read = readServerMessage(bytes);
  if ('message' in read && isWhole(read.message)) return [{ message: read.message, isMended: false }];
  return wordsIn(bytes, asker);
}
