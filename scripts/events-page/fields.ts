import { z } from 'zod';

type Schema = {
  $ref?: string;
  $defs?: Record<string, Schema>;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  const?: string | number | boolean;
  enum?: string[];
};
type Field = { readonly name: string; readonly always: string; readonly meaning: string };

const code = (word: unknown): string => `\`${String(word)}\``;
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** The kinds of object that this may be; an object is of one kind. */
const kindsOf = ({ oneOf, anyOf, ...own }: Schema): Schema[] =>
  (oneOf ?? anyOf ?? [own]).filter(({ properties }) => properties !== undefined);

const wordsOf = (schemas: readonly Schema[]): string[] =>
  unique(
    schemas
      .flatMap((one) => [one, ...(one.anyOf ?? [])])
      .flatMap((one) => (one.const === undefined ? (one.enum ?? []) : [one.const]))
      .map(code),
  );

/** `yes`, nothing where it may be left out, or the kinds that have it. */
function alwaysOf(kinds: readonly Schema[], name: string): string {
  const having = kinds.filter(({ properties }) => properties && name in properties);
  if (having.length === kinds.length)
    return having.every(({ required }) => required?.includes(name)) ? 'yes' : '';
  return having
    .map(({ properties = {} }) => Object.values(properties).find((one) => one.const !== undefined)?.const)
    .join(', ');
}

function fieldsIn(schema: Schema, path: string): Field[] {
  const kinds = kindsOf(schema);
  return unique(kinds.flatMap(({ properties = {} }) => Object.keys(properties))).flatMap((name) => {
    const found = kinds.flatMap(({ properties }) => properties?.[name] ?? []);
    const meaning = [found[0]?.description, wordsOf(found).join(', ')].filter(Boolean).join(': ');
    const parts = found.flatMap((one) => [
      ...fieldsIn(one, `${path}${name}.`),
      ...(one.items ? fieldsIn(one.items, `${path}${name}[].`) : []),
    ]);
    const inner = [...new Map(parts.map((part) => [part.name, part])).values()];
    return [{ name: path + name, always: alwaysOf(kinds, name), meaning }, ...inner];
  });
}

/** A contract that has a name in OpenAPI is a reference inside another; here it is what it says. */
function inlined(text: string, { $defs = {} }: Schema): Schema {
  return JSON.parse(text, (_key, value: Schema | null) => {
    const named = $defs[value?.$ref?.split('/').at(-1) ?? ''];
    return named === undefined ? value : { ...named, ...value };
  }) as Schema;
}

/** Every field of a contract, as deep as it is said, with what it means. */
export function fieldsOf(schema: z.ZodType): Field[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  return fieldsIn(inlined(JSON.stringify(json), json), '');
}

/** The same as a table of Markdown. */
export const fieldTable = (schema: z.ZodType): string =>
  [
    '| field | always | what it is |',
    '|---|---|---|',
    ...fieldsOf(schema).map(({ name, always, meaning }) => `| ${code(name)} | ${always} | ${meaning} |`),
  ].join('\n');
