import { expect, it } from 'vitest';
import { NAMED } from './registry.ts';
import { withoutUnused } from './unused.ts';

it.each(NAMED.map(([schema, { id, examples }]) => [id, schema, examples[0]] as const))(
  'the example of %s is one',
  (_id, schema, example) => {
    expect(schema.parse(example)).toEqual(example);
  },
);

it('what nothing refers to is left out, also what only it referred to', () => {
  const document = {
    paths: { $ref: '#/components/schemas/A' },
    components: {
      schemas: { A: {}, B: { $ref: '#/components/schemas/C' }, C: {} },
    },
  };
  expect(Object.keys(withoutUnused(document).components.schemas)).toEqual(['A']);
});
