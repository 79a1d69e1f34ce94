import { readEntries } from './client-config.ts';
import { readText } from './file-text.ts';
import type { Registry } from './registry.ts';
import { takeOut, type Value, wrapIn } from './wrap-form.ts';

/** A file that is gone, or that its client can't read either, starts nothing. */
async function entriesOf(file: string) {
  try {
    return readEntries(file, await readText(file));
  } catch {
    return [];
  }
}

/** The servers that are started under each name by the other files behind this firewall, as they are without us. */
export async function serversElsewhere(
  registry: Registry,
  file: string,
): Promise<ReadonlyMap<string, readonly Value[]>> {
  const others = Object.keys(registry).filter((other) => other !== file);
  const wrapped = (await Promise.all(others.map(entriesOf))).flat().flatMap(({ value }) => {
    const wrap = wrapIn(value);
    return wrap === undefined ? [] : [{ name: wrap.name, original: takeOut(value) }];
  });
  const named = Map.groupBy(wrapped, ({ name }) => name);
  return new Map([...named].map(([name, all]) => [name, all.map(({ original }) => original)]));
}
