import { CONFUSABLES } from './confusables.ts';
import { foldName } from './fold.ts';

const TWINS: ReadonlyMap<string, string> = new Map(
  Object.entries(CONFUSABLES).flatMap(([plain, points]) =>
    points.split(' ').map((point) => [String.fromCodePoint(Number.parseInt(point, 16)), plain] as const),
  ),
);

/** What looks alike within ASCII, whatever the case: 1, l, I and |; 0 and O; rn and m; vv and w. */
const ASCII_TWINS = [
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/m/g, 'rn'],
  [/w/g, 'vv'],
] as const;

const withTwins = (text: string): string => Array.from(text, (char) => TWINS.get(char) ?? char).join('');

/**
 * A name as one that only looks like it has it too: without case, invisible characters, compatibility forms and other
 * alphabets (the skeleton of UTS 39, and folded). Not to be shown, and no name: two that have the same one may be two
 * people, where nobody is to be taken for somebody else on the word of a name.
 */
export function skeleton(name: string): string {
  // Before it is folded, as a capital may look like another letter than the small one, and after, for what folding makes.
  const plain = withTwins(foldName(withTwins(name.normalize('NFKD'))));
  return ASCII_TWINS.reduce((text, [twin, as]) => text.replace(twin, as), plain);
}
