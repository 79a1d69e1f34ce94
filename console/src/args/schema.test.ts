import { expect, test } from 'vitest';
import { propertiesOf } from './schema.ts';

test('each argument has what its tool’s schema says of it', () => {
  const definition = {
    inputSchema: {
      required: ['order'],
      properties: {
        order: { type: 'integer', description: 'Which order' },
        why: { enum: ['late', 'broken'] },
        note: { type: ['string', 'null'] },
      },
    },
  };
  expect([...propertiesOf(definition).values()]).toEqual([
    { name: 'order', type: 'integer', description: 'Which order', required: true },
    { name: 'why', type: '"late" | "broken"', description: '', required: false },
    { name: 'note', type: 'string | null', description: '', required: false },
  ]);
});

test.each([undefined, {}, { inputSchema: null }, { inputSchema: { properties: 7 } }])(
  'a definition that says nothing (%j) is no fault',
  (definition) => {
    expect(propertiesOf(definition).size).toBe(0);
  },
);
