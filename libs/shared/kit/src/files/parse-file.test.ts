import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseFile } from './parse-file.ts';

const Names = z.strictObject({ names: z.array(z.string()) });

it('is what the file says', () => {
  expect(parseFile(Names, '{"names":["ada"]}')).toEqual({ file: { names: ['ada'] } });
});

it.each([
  ['{', 'it is not valid JSON'],
  ['', 'it is not valid JSON'],
  ['{"names":[],"names":[]}', 'an object has the same key twice'],
  ['{"names":[1]}', 'names.0: expected text, not a number'],
  ['{"names":[],"more":1}', 'more: unknown field'],
  ['{}', 'names: required'],
])('%j: %s', (text, problem) => {
  expect(parseFile(Names, text)).toEqual({ problem });
});
