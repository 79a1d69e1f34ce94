/** A person mends a policy from the first few errors; a thousand of them only fill a log. */
const MAX_ERRORS = 100;

/** The first of many sentences, and how many more of them there are. */
export function firstOf(sentences: string[], noun: string): string[] {
  const more = sentences.length - MAX_ERRORS;
  return more <= 0 ? sentences : [...sentences.slice(0, MAX_ERRORS), `and ${more} more ${noun}`];
}
