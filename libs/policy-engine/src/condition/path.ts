import { createWithin } from '../path/within.ts';
import type { Matcher } from './matcher.ts';
import { showSome, showText, showValue } from './show.ts';
import { truthOf } from './truth.ts';

/** Whether a path, or the path in a `file:` URI, is at one of the roots or below it. */
export function pathWithin(roots: readonly string[]): Matcher {
  const within = createWithin(roots);
  const phrase = `within ${showSome(roots.map(showText), ' or ')}`;
  return {
    test(value) {
      if (typeof value !== 'string') return 'unknown';
      const answer = within(value);
      return answer.known ? truthOf(answer.within) : 'unknown';
    },
    describe(value, truth) {
      if (typeof value !== 'string') return `is ${showValue(value)}, expected a path`;
      if (truth !== 'unknown') return `is ${showValue(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
      const answer = within(value);
      return `is ${showValue(value)}, ${answer.known ? 'expected a path' : answer.because}`;
    },
  };
}
