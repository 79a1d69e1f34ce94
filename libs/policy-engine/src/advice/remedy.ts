const CURLY = /[\u201c-\u201f\u2018-\u201b\u00ab\u00bb\u2039\u203a\u300c-\u300f]/;
const NO_REGEX = 'this is no regular expression: * is any run of characters, ? is one';

/** What authors take for a part of a pattern, and what to write instead; the first that is there counts. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [CURLY, 'typographic quotes are part of it: write \' or " around it'],
  [/^["'`].*["'`]$/, 'the quotes are part of it, so write it in one pair of them'],
  [/\{[^}]*\}/, 'braces stand for themselves, so write one rule for each of the names'],
  [/\|/, '| stands for itself, so write one rule for each of the names'],
  [/^!/, '! negates inside of [...] only, so put a rule with the other decision above this one'],
  [/\[[^\]]*$/, 'a [ that no ] closes stands for itself'],
  [/\\|^\^|\$$|\.\+|\(.*\)/, NO_REGEX],
  [/,/, 'a comma stands for itself, so write one rule for each of the names'],
  [/^\s|\s$/u, 'it has a blank at its start or end'],
  [/\s/u, 'it has a blank in it'],
  [/[^\x20-\x7e]/, 'it has a character that only looks like one of A-Z a-z 0-9 _ . : / -, or cannot be seen'],
];

/** What somebody may have meant by a pattern that means something else, and how to say it; undefined where nothing shows. */
export const remedyFor = (text: string): string | undefined =>
  REMEDIES.find(([pattern]) => pattern.test(text))?.[1];

/** Whether a text is in quotes that were meant to be around it. */
export const isInOddQuotes = (text: string): boolean =>
  text.length > 1 && CURLY.test(text[0] ?? '') && CURLY.test(text.at(-1) ?? '');
