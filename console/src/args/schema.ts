/** What a tool's definition says of one argument. */
export type Property = { name: string; type: string; description: string; required: boolean };

type Dict = Record<string, unknown>;
const dict = (value: unknown): Dict => (typeof value === 'object' && value !== null ? (value as Dict) : {});

function typeOf(schema: Dict): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const { type } = schema;
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type : 'anything';
}

/** The arguments of a tool by its definition's input schema (JSON Schema), in its order. */
export function propertiesOf(definition: Dict | undefined): Map<string, Property> {
  const schema = dict(definition?.inputSchema);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return new Map(
    Object.entries(dict(schema.properties)).map(([name, value]) => {
      const property = dict(value);
      const description = typeof property.description === 'string' ? property.description : '';
      return [name, { name, type: typeOf(property), description, required: required.has(name) }];
    }),
  );
}
