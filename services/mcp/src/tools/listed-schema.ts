import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** `\p{…}` is a syntax error for clients whose regular expressions lack it (Python's `re`). */
function dropUnportablePattern(schema: JsonSchema): void {
  if (typeof schema['pattern'] === 'string' && schema['pattern'].includes('\\p{')) delete schema['pattern'];
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({ jsonSchema }) => dropUnportablePattern(jsonSchema as JsonSchema),
  });
}

/**
 * A schema as `tools/list` shows it, converted once: the SDK would convert it for each HTTP request. It accepts every
 * value, because the tool itself parses its arguments, in words that name the field.
 */
export function listedSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
): StandardSchemaWithJSON<unknown, unknown> {
  const json = toJsonSchema(schema, io);
  return {
    '~standard': {
      version: 1,
      vendor: 'aegis',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => json, output: () => json },
    },
  };
}
