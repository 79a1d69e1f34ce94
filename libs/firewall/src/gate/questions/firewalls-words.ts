import { foldName } from '@aegis/kit/text';

/** Letters of other scripts, and a digit and a sign, that pass for a letter of our name. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαɑᴀ',
    c: 'сϲᴄ',
    e: 'еεєҽᴇ',
    g: 'ɡցɢ',
    i: 'іιıɪӏl1|',
    m: 'мμᴍ',
    p: 'рρᴘ',
    s: 'ѕꜱʂ',
  }).flatMap(([letter, others]) => Array.from(others, (other) => [other, letter] as const)),
);
const WORDS = /[\p{L}\p{M}\p{N}\p{Cf}|]+/gu;
const ODD = /[l1|]|[^\0-\x7f]/gu;
/** A word, in base64 for one, that nobody reads. */
const LONGEST_WORD = 4_096;
/** Paths of the console where a person decides, signs in or becomes an approver, whatever the host. */
const PATHS = /\/ui\/(?:approvals|api|s|session|first|grants|tools|webhooks)(?![\w-])/i;
const OF_APPROVALS = /^approv/;

const plain = (word: string): string => foldName(word).replace(ODD, (char) => LOOKALIKES.get(char) ?? char);

/**
 * Whether a text has our name, however it is spelled, or a path of our pages. "The aegis of somebody" is no name. What a
 * person reads (`isForPerson`) does not speak of approvals by a firewall either, and asks for no approval code.
 */
export function isInOurName(text: string, isForPerson: boolean): boolean {
  if (text.length > LONGEST_WORD && !/\s/.test(text)) return false;
  if (PATHS.test(text)) return true;
  const words = (text.match(WORDS) ?? []).map(plain);
  if (words.some((word, at) => word.includes('aegis') && words[at + 1] !== 'of')) return true;
  if (words.join('').includes('aegismcp')) return true;
  if (!isForPerson) return false;
  const approves = words.findIndex((word) => OF_APPROVALS.test(word));
  return approves !== -1 && (words[approves + 1] === 'code' || words.includes('firewaii'));
}

/** Every text of a JSON value, names of members too. */
export function* textsOf(value: unknown): Generator<string, void> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const inner of value) yield* textsOf(inner);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* textsOf(inner);
    }
  }
}
