import { expect, it } from 'vitest';
import { withoutUnused } from './unused.ts';

it('what nothing refers to is left out, also what only it referred to', () => {
  const document = {
    paths: { $ref: '#/components/schemas/A' },
    components: {
      schemas: { A: {}, B: { $ref: '#/components/schemas/C' }, C: {} },
    },
  };
  expect(Object.keys(withoutUnused(document).components.schemas)).toEqual(['A']);
});
