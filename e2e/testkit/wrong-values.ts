import { z } from 'zod';

/** A JSON Schema, as much as is looked at here. */
export type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
};

/** A value that is wrong in some place, the place, and the same value without anything there. */
export type Wrong = { readonly at: readonly string[]; readonly value: unknown; readonly without: unknown };

export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;

/** One of each kind: wrong types, null, too long, too big, no number, a name that is none, what a format refuses. */
const WRONG: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  -1e300,
  '',
  'x',
  'NaN',
  '1e999',
  'no\u0000line',
  'x'.repeat(100_000),
  [],
  [null],
  [[]],
  {},
  { colour: 1 },
];

type Place = { readonly at: readonly string[]; readonly put: (value: unknown) => unknown };

/** Whether an object of one branch of a union is told apart by a field: that goes with whatever else is put there. */
const constantsOf = ({ properties = {} }: JsonSchema): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([name, one]) => (one.const === undefined ? [] : [[name, one.const]])),
  );

function* placesIn(schema: JsonSchema, { at, put }: Place): Generator<Place> {
  yield { at, put };
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    yield* placesIn(branch, { at, put });
  const constants = constantsOf(schema);
  const members = { ...schema.properties, colour: {} };
  if (schema.type === 'object' || schema.properties !== undefined) {
    for (const [name, inner] of Object.entries(members))
      yield* placesIn(inner, { at: [...at, name], put: (value) => put({ ...constants, [name]: value }) });
  }
  if (typeof schema.additionalProperties === 'object')
    for (const name of ['name', 'no name: at all', '__proto'])
      yield* placesIn(schema.additionalProperties, {
        at: [...at, name],
        put: (value) => put({ [name]: value }),
      });
  if (schema.items !== undefined)
    yield* placesIn(schema.items, { at: [...at, '0'], put: (value) => put([value]) });
}

/** Every kind of wrong value in every place of what a schema takes. */
export function* wrongValues(schema: JsonSchema): Generator<Wrong> {
  for (const { at, put } of placesIn(schema, { at: [], put: (value) => value }))
    for (const value of WRONG) yield { at, value: put(value), without: put(undefined) };
}
