import { every, IGNORABLE, LINE_BREAKING, withoutCase } from '@aegis/kit/text';
import { foldText, isTangled } from '../path/fold.ts';
import { isText, type Matcher } from './matcher.ts';
import { truthOf } from './truth.ts';

/** What every reader takes alike, so that one comparison will do. */
const PLAIN = /^[\x20-\x7e]*$/;
const IGNORED = every(IGNORABLE);

type Spell = (text: string) => string;
/** The comparison, with whatever it compares with spelled in one way. */
export type Comparing = (spell: Spell) => (value: string) => boolean;

interface Spelled {
  readonly comparing: Comparing;
  readonly ignoreCase: boolean;
  readonly phrase: string;
  /** Longer text can't be evaluated. */
  readonly max?: number;
}

/** The same letters in one form, without those that nobody sees. */
const asSeen: Spell = (text) => (PLAIN.test(text) ? text : text.replace(IGNORED, '').normalize('NFC'));
/** As whoever is not exact would compare it. */
const asRead: Spell = (text) => foldText(text).trim();
const asWritten: Spell = (text) => text;

/**
 * Compares text as it stands and as its letters are seen (another normal form, characters that nobody sees); without case
 * also with compatibility forms, and without blanks around it. Where the two differ it can't be evaluated, nor can it with a
 * control character or a line's end in it: some readers end there, some drop it, some see a second value behind it.
 */
export function spelled({ comparing, ignoreCase, phrase, max = Number.POSITIVE_INFINITY }: Spelled): Matcher {
  const spellings = ignoreCase ? [withoutCase, asRead] : [asWritten, asSeen];
  const compares = spellings.map(comparing);
  const [holdsAsWritten] = compares;
  const expected = Number.isFinite(max) ? `text of at most ${max} characters` : 'text';

  const faultOf = (value: unknown): string | undefined => {
    if (!isText(value) || value.length > max) return `expected ${expected}`;
    if (LINE_BREAKING.test(value)) return 'expected text without control characters and line ends';
    return isTangled(value) ? 'expected text with fewer marks on one letter' : undefined;
  };
  return {
    test(value) {
      if (!isText(value)) return 'unknown';
      const isPlain = !ignoreCase && value.length <= max && PLAIN.test(value);
      if (isPlain) return truthOf(holdsAsWritten?.(value) === true);
      if (faultOf(value) !== undefined) return 'unknown';
      const texts = spellings.map((spell) => spell(value));
      if (texts.some((text) => text.length > max)) return 'unknown';
      const [answer, ...others] = texts.map((text, at) => compares[at]?.(text));
      return others.every((other) => other === answer) ? truthOf(answer === true) : 'unknown';
    },
    describe(value, truth, show) {
      if (truth !== 'unknown') return `is ${show(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
      return `is ${show(value)}, ${faultOf(value) ?? `${phrase} for one reader and not for another`}`;
    },
  };
}
