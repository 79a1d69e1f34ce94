import { matchGlob, parseGlob } from '../glob.ts';

const EXTENDED = /([+?*@!]?)\(([^()]{0,512})\)/g;
const CLASSES = /\[[!^]?(?:[^[\]]*\[[:.=]\w{1,16}[:.=]\])+[^[\]]*\]/g;

/** What shells and glob libraries know besides, in the plain form: `+(a|b)`, `{a..c}`, `[[:alpha:]]`, `[^a]`. */
export function plainPatterns(text: string): string[] {
  const simple = text
    .replace(CLASSES, '?')
    .replaceAll('[^', '[!')
    .replace(/\{([a-z])\.\.([a-z])(?:\.\.-?\d+)?\}/gi, (_, a: string, b: string) =>
      a < b ? `[${a}-${b}]` : `[${b}-${a}]`,
    )
    .replace(/\{-?\d+\.\.-?\d+(?:\.\.-?\d+)?\}/g, '*');
  const any = simple.replace(EXTENDED, '*').replace(EXTENDED, '*');
  const written = simple.replace(EXTENDED, (_, kind: string, inside: string) =>
    kind === '!' ? '*' : `{${inside.replaceAll('|', ',')}}`,
  );
  return [...new Set([any, written])].filter((one) => one !== text);
}

export const matches = (pattern: string, name: string): boolean => matchGlob(parseGlob(pattern), name);
