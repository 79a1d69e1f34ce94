/** `ada`, `ada and bob`, `ada, bob and eve`. */
export const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
