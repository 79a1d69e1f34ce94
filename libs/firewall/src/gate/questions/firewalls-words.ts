import { isObject } from '@aegis/kit/json';
import { plainWord, seenText } from './seen-text.ts';

const NAME = 'aegis';
const WORDS = /[\p{L}\p{N}|@€$!]+/gu;
/** Digits and signs that pass for a letter where the rest of a word is letters. */
const DIGITS: ReadonlyMap<string, string> = new Map(
  Object.entries({ '@': 'a', 4: 'a', 3: 'e', '€': 'e', 6: 'g', 9: 'g', '!': 'i', $: 's', 5: 's' }),
);
/** So many of a name's letters are letters. */
const LETTERS = 3;
const TURNED = /[\u202d\u202e\u2066-\u2068]/;
/** A word that nobody reads: a data URI, or base64. */
const DATA = /^data:[\w/+.-]{1,100};base64,[A-Za-z0-9+/=]*$/;
const BASE64 = /^[A-Za-z0-9+/]{4096,}={0,2}$/;
/** Paths of the console where a person decides, signs in or becomes an approver, whatever the host. */
const PATHS = /\/ui\/(?:approvals|api|s|session|first|grants|tools|webhooks)(?![\w-])/i;
const BETWEEN_NAMES = /[\\/]+(?:\.[\\/]+)*/g;
const PERCENT = /%([2-7][\da-f])/gi;
const OF_APPROVALS = /^approv/;

const wordsOf = (text: string): string[] => (text.match(WORDS) ?? []).map(plainWord);

const isWithDigits = (word: string): boolean => {
  const begins = Array.from(word.slice(0, NAME.length));
  return (
    !word.startsWith(NAME) &&
    begins.map((char) => DIGITS.get(char) ?? char).join('') === NAME &&
    begins.filter((char) => NAME.includes(char)).length >= LETTERS
  );
};

/** "The aegis of somebody" is no name. */
const isName = (word: string, at: number, words: readonly string[]): boolean =>
  isWithDigits(word) ||
  (word.includes(NAME) && !(word === NAME && words[at - 1] === 'the' && words[at + 1] === 'of'));

/** Letters one by one (`A e g i s`, `A.e.g.i.s`), or a word with something between them (`Ae-gis`, `A**e**gis`). */
function isTakenApart(text: string, words: readonly string[]): boolean {
  if (
    words
      .map((word) => (word.length === 1 ? word : ' '))
      .join('')
      .includes(NAME)
  )
    return true;
  for (const [between] of text.matchAll(/\S+/g)) {
    const parts = wordsOf(between);
    if (parts.length > 1 && parts.join('').startsWith(NAME) && !parts.some((one) => one.includes(NAME)))
      return true;
  }
  return false;
}

const hasOurName = (text: string, words: readonly string[]): boolean =>
  words.some(isName) || words.join('').includes(`${NAME}mcp`) || isTakenApart(text, words);

const asksForApproval = (words: readonly string[]): boolean => {
  const isWithFirewall = words.includes(plainWord('firewall'));
  return words.some((word, at) => OF_APPROVALS.test(word) && (isWithFirewall || words[at + 1] === 'code'));
};

const hasOurPath = (text: string): boolean =>
  PATHS.test(
    text
      .replace(PERCENT, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(BETWEEN_NAMES, '/'),
  );

/**
 * Whether a text has our name, however it is spelled, or a path of our pages. What a person reads (`isForPerson`) does not
 * speak of approvals by a firewall either, and asks for no approval code.
 */
export function isInOurName(text: string, isForPerson: boolean): boolean {
  if (DATA.test(text)) return false;
  if (!isForPerson && BASE64.test(text)) return text.toLowerCase().includes(`${NAME}mcp`);
  if (hasOurPath(text)) return true;
  const seen = seenText(text);
  const words = wordsOf(seen);
  if (hasOurName(seen, words) || (isForPerson && asksForApproval(words))) return true;
  const turned = TURNED.test(text) ? Array.from(seen).toReversed().join('') : '';
  return turned !== '' && hasOurName(turned, wordsOf(turned));
}

/** Every text of a JSON value, names of members too. */
export function* textsOf(value: unknown): Generator<string, void> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const inner of value) yield* textsOf(inner);
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* textsOf(inner);
    }
  }
}
