import { membersOf } from '@aegis/kit/json';
import { type Definition, definitionDigest } from '@aegis/replicas/tools';

/** A tool as a server lists it, with the digest of its whole definition. */
export type Listed = { readonly tool: string; readonly digest: string; readonly definition: Definition };

/** The tools of a page of a list, without what is no tool. */
export function toolsIn({ tools }: Readonly<Record<string, unknown>>): Listed[] {
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((one: unknown) => {
    const definition = membersOf(one);
    const { name } = definition;
    return typeof name === 'string' ? [{ tool: name, digest: definitionDigest(definition), definition }] : [];
  });
}
