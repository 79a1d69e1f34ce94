import { matchGlob, parseGlob } from '../glob.ts';
import type { Matcher } from './matcher.ts';
import { showValue } from './show.ts';
import { spelled } from './spelled.ts';
import { createSearch } from './text-search.ts';

/** The longest text that a glob is tried on. */
const MAX_GLOB_TEXT = 8192;
/** A glob takes text length × pattern length steps at worst: about a millisecond. A longer glob takes shorter text. */
export const MAX_GLOB_STEPS = 262_144;

/** A comparison of text with text. */
export type TextMatcher = (operand: string, ignoreCase?: boolean) => Matcher;

export const startingWith: TextMatcher = (operand, ignoreCase = false) =>
  spelled({
    comparing: (spell) => {
      const start = spell(operand);
      return (value) => value.startsWith(start);
    },
    ignoreCase,
    phrase: `starting with ${showValue(operand)}`,
  });

export const endingWith: TextMatcher = (operand, ignoreCase = false) =>
  spelled({
    comparing: (spell) => {
      const end = spell(operand);
      return (value) => value.endsWith(end);
    },
    ignoreCase,
    phrase: `ending with ${showValue(operand)}`,
  });

export const containing: TextMatcher = (operand, ignoreCase = false) =>
  spelled({
    comparing: (spell) => createSearch(spell(operand)),
    ignoreCase,
    phrase: `containing ${showValue(operand)}`,
  });

export const matchingGlob: TextMatcher = (operand, ignoreCase = false) =>
  spelled({
    comparing: (spell) => {
      const tokens = parseGlob(spell(operand));
      return (value) => matchGlob(tokens, value);
    },
    ignoreCase,
    phrase: `matching ${showValue(operand)}`,
    max: Math.min(MAX_GLOB_TEXT, Math.floor(MAX_GLOB_STEPS / operand.length)),
  });
