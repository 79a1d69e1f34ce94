import { readFile } from 'node:fs/promises';
import { Envelope } from '@aegis/contracts/envelope';
import { EVENT_TYPES } from '@aegis/contracts/events';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf } from './fields.ts';
import { eventsPage } from './page.ts';

/** The fields of which nothing is said, but for those whose parts are. */
function unsaid(schema: z.ZodType): string[] {
  const fields = fieldsOf(schema);
  const hasParts = (name: string) => fields.some((other) => other.name.startsWith(`${name}.`));
  return fields.filter(({ name, meaning }) => meaning === '' && !hasParts(name)).map(({ name }) => name);
}

const committed = await readFile(new URL('../../docs/events.md', import.meta.url), 'utf8');

it('docs/events.md says what the contracts say; if not, run npm run docs:events', () => {
  expect(committed).toBe(eventsPage(committed));
});

it('a page without the mark is not overwritten', () => {
  expect(() => eventsPage('# Events\n')).toThrow('has no line <!-- Made from here on');
});

it.each(Object.entries(EVENT_TYPES))(
  '%s: has an example there, and each field says what it is',
  (type, { schema }) => {
    expect(committed).toContain(`\n### ${type}\n`);
    expect(committed).toContain(`"type": "${type}"`);
    expect(unsaid(schema)).toEqual([]);
  },
);

it('so does the envelope', () => {
  expect(unsaid(Envelope)).toEqual([]);
});

it('a field that only some kinds have says which, one in a part or a list says where', () => {
  const schema = z.object({
    of: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), both: z.string().describe('in both') }),
      z.object({ kind: z.literal('b'), both: z.string(), late: z.string().optional().describe('in one') }),
    ]),
    list: z.array(z.object({ way: z.enum(['in', 'out']).describe('where to') })).optional(),
  });
  expect(fieldsOf(schema)).toEqual([
    { name: 'of', always: 'yes', meaning: '' },
    { name: 'of.kind', always: 'yes', meaning: '`a`, `b`' },
    { name: 'of.both', always: 'yes', meaning: 'in both' },
    { name: 'of.late', always: 'b', meaning: 'in one' },
    { name: 'list', always: '', meaning: '' },
    { name: 'list[].way', always: 'yes', meaning: 'where to: `in`, `out`' },
  ]);
});
