/** A command in a page, and what the page says that it prints. */
export type DocExample = {
  /** The second-level heading that it stands under. */
  readonly section: string;
  readonly title: string;
  readonly command: string;
  readonly lang: string;
  readonly shown: string;
};

type Block = { readonly lang: string; readonly text: string; readonly start: number; readonly end: number };

const FENCE = /^```(\w+)\n(.*?)^```$/gms;
const HEADING = /^## (.*)$/gm;

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(FENCE)].map((match) => ({
    lang: match[1] ?? '',
    text: match[2] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }));

const sectionAt = (page: string, place: number): string =>
  [...page.slice(0, place).matchAll(HEADING)].at(-1)?.[1] ?? '';

/** The first block of a language under a second-level heading. */
export function blockOf(page: string, section: string, lang: string): string {
  const found = blocksOf(page).find(
    (block) => block.lang === lang && sectionAt(page, block.start) === section,
  );
  if (!found) throw new Error(`no ${lang} block under "${section}"`);
  return found.text;
}

/** The commands of a page whose output is shown: a `sh` block with a `json` or `text` block right behind it. */
export function examplesOf(page: string): DocExample[] {
  const blocks = blocksOf(page);
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const follows = before?.lang === 'sh' && page.slice(before.end, block.start).trim() === '';
    if (!follows || !['json', 'text'].includes(block.lang)) return [];
    const number = page.slice(0, block.start).split('\n').length;
    const title = `line ${number}: ${before.text.replaceAll(/[\s\\]+/g, ' ').trim()}`;
    const section = sectionAt(page, block.start);
    return [{ section, title, command: before.text, lang: block.lang, shown: block.text }];
  });
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Text without what differs from run to run. */
export const steady = (text: string): string => text.replace(TIME, '<time>').replace(UUID, '<uuid>');

/** A word that ends in `…`, or `…` by itself. */
const LEFT_OUT = /([\w-]*…)/;

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * The shown text with what was really there in place of each `…`. The same word with `…` stands for the same value
 * everywhere, which `known` remembers: a trace that is shown twice has to be one trace. `…` by itself stands for anything.
 * Where the two don't fit, it is the shown text.
 */
export function fillText(shown: string, actual: string, known: Map<string, unknown>): string {
  const places = new Map<string, number>();
  const pattern = shown.split(LEFT_OUT).map((part) => {
    if (!part.endsWith('…')) return literally(part);
    if (part === '…') return '.+?';
    const value = known.get(part);
    if (typeof value === 'string') return literally(value);
    const before = places.get(part);
    if (before !== undefined) return `\\${before}`;
    places.set(part, places.size + 1);
    return `([^\\s'"]+?)`;
  });
  const match = new RegExp(`^${pattern.join('')}$`).exec(actual);
  if (!match) return shown;
  for (const [word, place] of places) known.set(word, match[place]);
  return actual;
}

/** A command with the values that its words with `…` stand for. */
export const fillCommand = (command: string, known: ReadonlyMap<string, unknown>): string =>
  [...known].reduce((text, [word, value]) => text.replaceAll(word, String(value)), command);

/** The shown value with what was really there in place of each `…`, as {@link fillText} does for each text in it. */
export function fillIn(shown: unknown, actual: unknown, known: Map<string, unknown>): unknown {
  if (typeof shown === 'string' && typeof actual === 'string') return fillText(shown, actual, known);
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
