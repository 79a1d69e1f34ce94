import { checkInput } from '@aegis/kit/errors';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { NO_ARGUMENTS } from './decision.ts';
import { INSIDE_META } from './run-key.ts';

it.each([
  [
    INSIDE_META,
    { run_key: 'a', reason: 'b' },
    'run_key and reason go inside meta: give meta.run_key, meta.reason',
  ],
  [INSIDE_META, { currency: 'EUR' }, 'it goes inside args, where the tool reads it: give args.currency'],
  [NO_ARGUMENTS, { currency: 'EUR' }, 'of which a check sees none; an enforce takes args.currency'],
  [NO_ARGUMENTS, { args: {} }, 'a check sees no arguments and no meta'],
])(
  'a field that belongs elsewhere is told where, and beside a stranger not: %#',
  (elsewhere, sent, where) => {
    const said = (input: object): string => JSON.stringify(checkInput(z.strictObject({}, elsewhere), input));
    expect(said(sent)).toContain(where);
    expect(said({ ...sent, x: 1 })).not.toContain(where);
  },
);
