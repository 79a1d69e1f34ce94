/** A command in a page, and what the page says that it prints. */
export type DocExample = {
  readonly title: string;
  readonly command: string;
  readonly lang: string;
  readonly shown: string;
};

const FENCE = /^```(\w+)\n(.*?)^```$/gms;

/** The commands of a page whose output is shown: a `sh` block with a `json` or `text` block right behind it. */
export function examplesOf(page: string): DocExample[] {
  const blocks = [...page.matchAll(FENCE)].map((match) => ({
    lang: match[1] ?? '',
    text: match[2] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }));
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const follows = before?.lang === 'sh' && page.slice(before.end, block.start).trim() === '';
    if (!follows || !['json', 'text'].includes(block.lang)) return [];
    const number = page.slice(0, block.start).split('\n').length;
    const title = `line ${number}: ${before.text.replaceAll(/[\s\\]+/g, ' ').trim()}`;
    return [{ title, command: before.text, lang: block.lang, shown: block.text }];
  });
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Text without what differs from run to run. */
export const steady = (text: string): string => text.replace(TIME, '<time>').replace(UUID, '<uuid>');

/**
 * The shown value with what was really there in place of each `…`. The same text with `…` stands for the same value
 * everywhere: a trace that is shown twice has to be one trace. `known` remembers them.
 */
export function fillIn(shown: unknown, actual: unknown, known: Map<string, unknown>): unknown {
  if (typeof shown === 'string' && shown.includes('…')) {
    if (typeof actual !== 'string' || actual === '') return shown;
    if (!known.has(shown)) known.set(shown, actual);
    return known.get(shown);
  }
  if (Array.isArray(shown) && Array.isArray(actual)) {
    return shown.map((item, index) => fillIn(item, (actual as unknown[])[index], known));
  }
  if (typeof shown === 'object' && shown !== null && typeof actual === 'object' && actual !== null) {
    const values = actual as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(shown).map(([key, value]) => [key, fillIn(value, values[key], known)]),
    );
  }
  return shown;
}
