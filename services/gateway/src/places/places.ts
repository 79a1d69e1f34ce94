/** Whose a place is. A name that nobody proved is one of many that its address may take: the address is its group. */
export type Holder = { readonly name: string; readonly group: string };

type Group = { size: number; readonly names: Map<string, Set<unknown>> };

const largest = <K, V>(all: ReadonlyMap<K, V>, sizeOf: (one: V) => number): [K, V] | undefined => {
  let found: [K, V] | undefined;
  for (const entry of all) if (found === undefined || sizeOf(entry[1]) > sizeOf(found[1])) found = entry;
  return found;
};

/** Places that callers hold for a while, and who has the most of them. */
export function createPlaces<T>() {
  const holders = new Map<T, Holder>();
  const groups = new Map<string, Group>();
  const namesOf = (group: string): ReadonlyMap<string, Set<unknown>> | undefined => groups.get(group)?.names;
  return {
    get size(): number {
      return holders.size;
    },
    each: (): IterableIterator<T> => holders.keys(),
    /** How many are held by this name. */
    countOf: ({ name, group }: Holder): number => namesOf(group)?.get(name)?.size ?? 0,
    /** The oldest of this name. */
    oldestOf: ({ name, group }: Holder): T | undefined =>
      namesOf(group)?.get(name)?.values().next().value as T | undefined,
    /** Whoever has the most of the group that has the most. */
    greediest(): Holder | undefined {
      const [group, { names }] = largest(groups, ({ size }) => size) ?? ['', { names: new Map() }];
      const [name] = largest(names, ({ size }) => size) ?? [];
      return name === undefined ? undefined : { name, group };
    },
    add(place: T, holder: Holder): void {
      const { name, group } = holder;
      const one = groups.get(group) ?? { size: 0, names: new Map<string, Set<unknown>>() };
      const held = one.names.get(name) ?? new Set();
      held.add(place);
      one.size += 1;
      one.names.set(name, held);
      groups.set(group, one);
      holders.set(place, holder);
    },
    /** False where it is held no more. */
    delete(place: T): boolean {
      const holder = holders.get(place);
      const one = holder && groups.get(holder.group);
      const held = holder && one?.names.get(holder.name);
      if (holder === undefined || one === undefined || held === undefined) return false;
      holders.delete(place);
      held.delete(place);
      one.size -= 1;
      if (held.size === 0) one.names.delete(holder.name);
      if (one.size === 0) groups.delete(holder.group);
      return true;
    },
  };
}
