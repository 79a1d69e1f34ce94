import { z } from 'zod';

type Schema = z.ZodType;
/** What becomes of a member that the schema does not know. */
type Unknown = 'kept' | 'dropped';

const wholes = new WeakSet<z.core.$ZodType>();
const readers = { kept: new WeakMap<Schema, Schema>(), dropped: new WeakMap<Schema, Schema>() };

/**
 * Marks what every reader takes whole or not at all: what a person judges, and what narrows who may decide or what may run.
 * To overlook a part of that would allow more than was meant.
 */
export function whole<S extends z.ZodType>(schema: S): S {
  wholes.add(schema);
  return schema;
}

/** Whether every reader takes this schema whole or not at all. */
export const isWhole = (schema: z.core.$ZodType): boolean => wholes.has(schema);

/** What has no parts. */
const LEAVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'enum', 'literal', 'unknown']);

function loosenObject(schema: z.ZodObject, unknown: Unknown): Schema {
  const { def } = schema;
  const parts = Object.entries(def.shape).map(([name, one]) => [name, reader(one as Schema, unknown)]);
  const shape = Object.fromEntries(parts) as z.core.$ZodShape;
  if (!(def.catchall instanceof z.ZodNever)) return z.clone(schema, { ...def, shape });
  return z.clone(schema, { ...def, shape, catchall: unknown === 'kept' ? z.unknown() : undefined });
}

function loosen(schema: Schema, unknown: Unknown): Schema {
  const inner = (one: z.core.$ZodType): Schema => reader(one as Schema, unknown);
  if (LEAVES.has(schema.def.type)) return schema;
  if (schema instanceof z.ZodObject) return loosenObject(schema, unknown);
  if (schema instanceof z.ZodArray)
    return z.clone(schema, { ...schema.def, element: inner(schema.def.element) });
  if (schema instanceof z.ZodRecord)
    return z.clone(schema, { ...schema.def, valueType: inner(schema.def.valueType) });
  if (schema instanceof z.ZodUnion)
    return z.clone(schema, { ...schema.def, options: schema.def.options.map(inner) });
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return z.clone(schema, { ...schema.def, innerType: inner(schema.def.innerType) });
  throw new TypeError(`a contract can not be read tolerantly: it has a part of the kind ${schema.def.type}`);
}

function reader(schema: Schema, unknown: Unknown): Schema {
  if (wholes.has(schema)) return schema;
  const known = readers[unknown].get(schema);
  if (known) return known;
  const made = loosen(schema, unknown);
  readers[unknown].set(schema, made);
  return made;
}

/**
 * The same schema for who reads what a newer version may have written: members that it does not know are kept, or dropped,
 * at every depth. All that it does know is checked as ever; an unknown value of an enum, or of a discriminator, stays a
 * fault. Made once for each schema.
 *
 * @throws TypeError where the schema has a part of a kind that nothing here reads yet
 */
export const tolerant = <S extends z.ZodType>(schema: S, unknown: Unknown): S => reader(schema, unknown) as S;
