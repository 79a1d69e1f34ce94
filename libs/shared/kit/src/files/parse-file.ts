import type { z } from 'zod';
import { toAppError } from '../errors/app-error.ts';
import { checkInput, describeMistakes } from '../errors/invalid.ts';
import { parseStrictJson } from '../json/strict.ts';
import { withDoubles } from '../numbers/mod.ts';

/** What a file says, or what is wrong with it: one sentence that names the field. */
export type ReadFile<T> = { readonly file: T } | { readonly problem: string };

/** Reads the text of a JSON file by its schema. Never throws. */
export function parseFile<S extends z.ZodType>(schema: S, text: string): ReadFile<z.output<S>> {
  try {
    const checked = checkInput(schema, withDoubles(parseStrictJson(text)));
    if ('value' in checked) return { file: checked.value };
    return { problem: describeMistakes(checked.mistakes).replace(/^body: /, '') };
  } catch (thrown) {
    return {
      problem: toAppError(thrown)
        .message.replace(/^The body is/, 'it is')
        .replace(/^body: /, '')
        .replace(/\.$/, ''),
    };
  }
}
