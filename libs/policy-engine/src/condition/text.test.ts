import { expect, it } from 'vitest';
import { type Characters, matchGlob, parseGlob } from '../glob.ts';
import { MAX_GLOB_STEPS, matchingGlob } from './text.ts';

/** How often a matcher of this glob reads a character of text. */
function readsOf(glob: string, text: string): number {
  let reads = 0;
  const counting: Characters = {
    length: text.length,
    charCodeAt: (at) => {
      reads++;
      return text.charCodeAt(at);
    },
  };
  matchGlob(parseGlob(glob), counting);
  return reads;
}

it.each([
  ['*b', 8192],
  [`*${'a'.repeat(30)}b`, 8192],
  [`*${'a'.repeat(254)}b`, 1024],
  [`*${'a'.repeat(510)}b`, 512],
  [`*${'[a]'.repeat(170)}b`, 512],
])('the glob %s takes text of %i characters, in a bounded number of steps', (glob, longest) => {
  const matcher = matchingGlob(glob);
  expect(matcher.test('a'.repeat(longest))).toBe('fails');
  expect(matcher.test('a'.repeat(longest + 1))).toBe('unknown');
  expect(readsOf(glob, 'a'.repeat(longest))).toBeLessThanOrEqual(MAX_GLOB_STEPS);
});
