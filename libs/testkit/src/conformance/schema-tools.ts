import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { sayText } from './input-requests.ts';

/** Keywords of JSON Schema 2020-12 that a list has to keep (SEP-1613, SEP-2106). */
const WITH_KEYWORDS = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

/** An argument that the client repeats in a header (SEP-2243). */
const WITH_HEADER = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
};

/** Tools whose schemas say more than the shape of the arguments. */
export function addSchemaTools(server: McpServer): void {
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(WITH_KEYWORDS) },
    () => sayText('The arguments were valid.'),
  );
  server.registerTool(
    'test_custom_header',
    {
      description: 'Says its region.',
      inputSchema: fromJsonSchema<{ region?: string }>(WITH_HEADER),
    },
    ({ region }) => sayText(`Region: ${region ?? 'none'}`),
  );
}
