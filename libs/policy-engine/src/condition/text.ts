import { matchGlob, parseGlob } from '../glob.ts';
import { isText, judge, type Matcher } from './matcher.ts';
import { showValue } from './show.ts';
import { createSearch } from './text-search.ts';

/** The longest text that a glob is tried on. */
const MAX_GLOB_TEXT = 8192;
/** A glob takes text length × pattern length steps at worst: about a millisecond. A longer glob takes shorter text. */
export const MAX_GLOB_STEPS = 262_144;

export function startingWith(operand: string): Matcher {
  return judgeText((value) => value.startsWith(operand), `starting with ${showValue(operand)}`);
}

export function endingWith(operand: string): Matcher {
  return judgeText((value) => value.endsWith(operand), `ending with ${showValue(operand)}`);
}

export function containing(operand: string): Matcher {
  return judgeText(createSearch(operand), `containing ${showValue(operand)}`);
}

export function matchingGlob(operand: string): Matcher {
  const tokens = parseGlob(operand);
  const max = Math.min(MAX_GLOB_TEXT, Math.floor(MAX_GLOB_STEPS / operand.length));
  return judge({
    accepts: (value): value is string => isText(value) && value.length <= max,
    expected: `text of at most ${max} characters`,
    holds: (value: string) => matchGlob(tokens, value),
    phrase: `matching ${showValue(operand)}`,
  });
}

function judgeText(holds: (value: string) => boolean, phrase: string): Matcher {
  return judge({ accepts: isText, expected: 'text', holds, phrase });
}
