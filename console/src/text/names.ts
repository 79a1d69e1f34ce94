import { every, INVISIBLE, UNUSUAL_SPACE } from '@aegis/kit/text';

const UNSEEN = every(INVISIBLE);
const ODD_SPACES = every(UNUSUAL_SPACE);
const PLAIN = /^[A-Za-z0-9._$-]+$/;
const FOREIGN = /[^\P{L}A-Za-z]|[^\P{N}0-9]|\p{M}/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const LOOKS_LATIN = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** A key as it is shown: in quotes where it is empty or has anything that could be taken for something else. */
export const quoted = (key: string): string => (PLAIN.test(key) ? key : `"${key}"`);

/** Whether a key has letters or digits from outside ASCII: they may look like those that a tool reads. */
export const hasForeignLetters = (key: string): boolean => FOREIGN.test(key);

/** Whether one word has Latin letters beside Cyrillic or Greek ones, as no language writes and only a forger does. */
export function mixesAlphabets(text: string): boolean {
  if (!LOOKS_LATIN.test(text)) return false;
  for (const [word] of text.replace(UNSEEN, '').matchAll(WORD)) {
    if (LATIN.test(word) && LOOKS_LATIN.test(word)) return true;
  }
  return false;
}

/** Small letters of other alphabets (Unicode TR39's confusables of plain ones), each before the one that it looks like. */
const TWINS = 'аaсcԁdеeһhіiјjӏlоoрpԛqѕsԝwхxуyαaιiνvοoρpυu';
const TWIN = new Map(
  Array.from({ length: TWINS.length / 2 }, (_, at) => [TWINS.charAt(2 * at), TWINS.charAt(2 * at + 1)]),
);

/** A key as a careless reader takes it: without case, compatibility forms, alphabets, spaces and what nobody sees. */
function looksOf(key: string): string {
  if (PLAIN.test(key)) return key.toLowerCase();
  const seen = key.replace(UNSEEN, '').normalize('NFKC').replace(UNSEEN, '').replace(ODD_SPACES, '');
  const lower = seen.replaceAll(' ', '').toUpperCase().toLowerCase();
  return Array.from(lower, (char) => TWIN.get(char) ?? char).join('');
}

/** Of keys side by side, those that look like another one of them. */
export function lookalikes(keys: readonly string[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  const alike = new Set<string>();
  for (const key of keys) {
    const looks = looksOf(key);
    const other = first.get(looks);
    if (other === undefined) first.set(looks, key);
    else if (other !== key) alike.add(other).add(key);
  }
  return alike;
}
