import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Characters } from '../glob.ts';
import { createSearch } from './text-search.ts';

const letters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength });

/** A text that counts how often it is read. */
function counting(text: string): Characters & { reads: number } {
  return {
    reads: 0,
    length: text.length,
    charCodeAt(at) {
      this.reads++;
      return text.charCodeAt(at);
    },
  };
}

describe('a search for text in text', () => {
  it('finds what is there, and nothing else', () => {
    fc.assert(
      fc.property(letters(30), letters(6), (text, needle) => {
        expect(createSearch(needle)(text)).toBe(text.includes(needle));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['a'.repeat(20_000), `${'a'.repeat(1000)}b`],
    ['a'.repeat(20_000), `b${'a'.repeat(1000)}`],
    ['ab'.repeat(10_000), `${'ab'.repeat(500)}c`],
  ])('reads each character of a hostile text once', (text, needle) => {
    const counted = counting(text);
    expect(createSearch(needle)(counted)).toBe(false);
    expect(counted.reads).toBe(text.length);
  });
});
