/** What became of a request that has no answer: it can't have arrived, was refused before anything ran, or nobody knows. */
export type Fate = 'unsent' | 'refused' | 'unknown';

const REST: Readonly<Record<Fate, string>> = {
  unsent: 'Nothing was sent',
  refused: 'Nothing ran',
  unknown: 'Whether it did anything is not known',
};

/** What a client is told in place of a server's answer. */
export const noAnswer = (because: string, fate: Fate): string =>
  `The server gave no answer: ${because}. ${REST[fate]}.`;
