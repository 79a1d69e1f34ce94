import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchGlob, parseGlob } from './glob.ts';
import { createGlobIndex } from './glob-index.ts';

const word = fc.constantFrom('a', 'b', 'ab', 'abc', 'drop', '.drop_', 'x.', '');
const pattern = fc
  .array(fc.oneof(word, fc.constantFrom('*', '*', '?', '[a-b]', '[')), { maxLength: 5 })
  .map((pieces) => pieces.join(''));
const name = fc.array(word, { maxLength: 5 }).map((pieces) => pieces.join(''));

it('finds exactly the globs that trying each in turn finds', () => {
  const entries = fc.array(fc.tuple(pattern, fc.boolean()), { maxLength: 25 });
  fc.assert(
    fc.property(entries, fc.array(name, { minLength: 1, maxLength: 5 }), (globs, names) => {
      const index = createGlobIndex(
        globs.map(([glob]) => glob),
        (position) => globs[position]?.[1] === true,
      );
      for (const each of [...names, ...names]) {
        const all = [...globs.keys()].filter((at) => matchGlob(parseGlob(globs[at]?.[0] ?? ''), each));
        const end = all.findIndex((at) => globs[at]?.[1] === true);
        expect(index.matching(each)).toEqual(end < 0 ? all : all.slice(0, end + 1));
      }
    }),
    { numRuns: 2000 },
  );
});
