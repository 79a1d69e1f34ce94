import { expect, it } from 'vitest';
import { createTools } from './all.ts';

const unasked = () => Promise.reject(new Error('asked'));
const tools = createTools({ bus: { ask: unasked }, via: 'mcp-stdio', timeoutMs: 1 });
const inputOf = (name: string) => {
  const tool = tools.find((one) => one.name === name);
  return tool?.inputSchema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as {
    properties: Record<string, object>;
    additionalProperties: unknown;
  };
};

it('shows which tools only read', () => {
  const readers = tools.filter(({ annotations }) => annotations.readOnlyHint).map(({ name }) => name);
  expect(readers).toEqual(['guard_check', 'policy_get']);
});

it('shows that unknown fields are refused, and money as a whole number', () => {
  for (const { name } of tools) expect(inputOf(name).additionalProperties).toBe(false);
  expect(inputOf('firewall_enforce').properties['amount_cents']).toMatchObject({
    type: 'integer',
    minimum: 0,
    maximum: 9_007_199_254_740_991,
  });
});

it('describes every field for the model', () => {
  for (const { name } of tools) {
    for (const [field, schema] of Object.entries(inputOf(name).properties)) {
      expect(schema, `${name}.${field}`).toHaveProperty('description');
    }
  }
});

it('lists no pattern that a regular expression of another language can not read', () => {
  expect(JSON.stringify(tools.map(({ name }) => inputOf(name)))).not.toContain('\\p{');
});
