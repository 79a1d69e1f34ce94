/** `1 call`, `3 calls`. */
export const count = (n: number, one: string): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : `${one}s`}`;

/** `ada`, `ada and bob`, `ada, bob and eve`. */
export const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
