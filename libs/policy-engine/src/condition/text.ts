import { matchGlob, parseGlob } from '../glob.ts';
import { isText, judge, type Matcher } from './matcher.ts';
import { showValue } from './show.ts';
import { createSearch } from './text-search.ts';

/** A glob takes text length × pattern length steps at worst, so longer text is not matched. */
const MAX_GLOB_TEXT = 8192;

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
  return judge({
    accepts: (value): value is string => isText(value) && value.length <= MAX_GLOB_TEXT,
    expected: `text of at most ${MAX_GLOB_TEXT} characters`,
    holds: (value: string) => matchGlob(tokens, value),
    phrase: `matching ${showValue(operand)}`,
  });
}

function judgeText(holds: (value: string) => boolean, phrase: string): Matcher {
  return judge({ accepts: isText, expected: 'text', holds, phrase });
}
