import * as fc from 'fast-check';
import { minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { type Characters, matchGlob, parseGlob } from './glob.ts';

function matches(pattern: string, name: string): boolean {
  return matchGlob(parseGlob(pattern), name);
}

/** The meaning of a glob written down as simply as it can be: exponential, and plainly right. */
function model(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  const [head] = pattern;
  const rest = pattern.slice(1);
  if (head === '*') return model(rest, name) || (name !== '' && model(pattern, name.slice(1)));
  if (name === '') return false;
  const next = name.charAt(0);
  if (head === '?') return model(rest, name.slice(1));
  const set = /^\[(!?)(\]?[^\]]*)\]/.exec(pattern);
  if (set && set[2] !== '') {
    return (
      modelSet(set[2] ?? '', next) === (set[1] === '') && model(pattern.slice(set[0].length), name.slice(1))
    );
  }
  return head === next && model(rest, name.slice(1));
}

function modelSet(members: string, character: string): boolean {
  if (members === '') return false;
  const range = /^(.)-(.)/su.exec(members);
  if (range) {
    const isInside = (range[1] ?? '') <= character && character <= (range[2] ?? '');
    return isInside || modelSet(members.slice(3), character);
  }
  return members.charAt(0) === character || modelSet(members.slice(1), character);
}

function textOf(alphabet: string, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength });
}

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['fs.*', 'fs.read/etc', true],
    ['*.delete_*', 'crm.delete_user', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['Docs.*', 'docs.read', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[]]', ']', true],
    ['[!]]', ']', false],
    ['[a-]', '-', true],
    ['[z-a]', 'm', false],
    ['[!z-a]', 'm', true],
    ['[^a]', '^', true],
    ['[^a]', 'b', false],
    ['[ab', '[ab', true],
    ['[]', '[]', true],
    ['a\\*', 'a\\b', true],
    ['{a,b}', 'a', false],
    ['+(a)', 'aa', false],
    ['**', 'a/b', true],
  ])('%j against %j is %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('means what the simple model says', () => {
    fc.assert(
      fc.property(textOf('ab-]![*?[*', 9), textOf('ab-]![', 7), (pattern, name) => {
        expect(matches(pattern, name)).toBe(model(pattern, name));
      }),
      { numRuns: 3000 },
    );
  });

  // minimatch reads paths and shell words. The two agree where the pattern has no slash, backslash, brace, extglob,
  // leading `!` or `#` or `^` in a set, sets hold forward ranges only, and the name has no slash and isn't `.`, `..`
  // or empty; `dot` lets wildcards match a leading dot, `noglobstar` makes `**` a `*`.
  it('means what minimatch says where the two agree', () => {
    const piece = fc.oneof(
      fc.constantFrom('*', '?', '**', '[a-c]', '[!a-c]', '[b.]', '[!x_-]', '[0-9A-Z]'),
      textOf('abcxA0._:-', 3),
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    const name = textOf('abcxA0._:-', 8).filter((text) => !['', '.', '..'].includes(text));
    const options = {
      dot: true,
      noext: true,
      nobrace: true,
      nonegate: true,
      nocomment: true,
      noglobstar: true,
    };
    fc.assert(
      fc.property(
        pattern.filter((text) => text !== ''),
        name,
        (glob, text) => {
          expect(matches(glob, text)).toBe(minimatch(text, glob, options));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads a hostile name at most once for each step of the pattern', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a*', '*a', 'a', '*aab', '?*', '[ab]*', 'b'), { maxLength: 20 }),
        fc.integer({ min: 0, max: 200 }),
        (pieces, length) => {
          const tokens = parseGlob(pieces.join(''));
          expect(countReads(tokens, 'a'.repeat(length))).toBeLessThanOrEqual(length * (tokens.length + 1));
        },
      ),
    );
  });

  it('costs no more than in proportion to the name, however many stars there are', () => {
    const tokens = parseGlob(`${'a*'.repeat(40)}b`);
    const short = countReads(tokens, 'a'.repeat(500));
    const long = countReads(tokens, 'a'.repeat(1000));
    expect(long).toBeLessThanOrEqual(short * 2 + tokens.length);
  });
});

function countReads(tokens: ReturnType<typeof parseGlob>, name: string): number {
  let reads = 0;
  const counting: Characters = {
    length: name.length,
    charCodeAt: (index) => {
      reads += 1;
      return name.charCodeAt(index);
    },
  };
  matchGlob(tokens, counting);
  return reads;
}
