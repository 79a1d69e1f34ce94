/** What the history can be asked for, as the address has it. Times are ISO 8601, so that a link means the same to all. */
export const FIELDS = ['agent', 'tool', 'status', 'approver', 'from', 'to'] as const;
export type Filter = Record<(typeof FIELDS)[number], string>;

/** The filter that an address has. */
export function filterOf(search: string): Filter {
  const query = new URLSearchParams(search);
  return Object.fromEntries(FIELDS.map((field) => [field, query.get(field) ?? ''])) as Filter;
}

/** The filter as a query, without what is left empty. */
export function queryOf(filter: Filter, before?: string): string {
  const query = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filter[field].trim();
    if (value !== '') query.set(field, value);
  }
  if (before !== undefined) query.set('before', before);
  return query.toString();
}

/** A time for a field of the form (`datetime-local`), which is in the person's own time zone. */
export function asLocal(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What such a field says, as ISO 8601 in UTC. */
export function asIso(local: string): string {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
