import { escaped, every, INVISIBLE, visibleJson } from '@aegis/kit/text';

/** What a terminal obeys or hides rather than shows, line ends and tabs too: a cell is one line. */
const HOSTILE = every(INVISIBLE);

/** Text from elsewhere, fit for one line at a terminal: `\u{1b}` instead of the character. */
export const visible = (text: string): string => text.replace(HOSTILE, escaped);

/** The same between columns of ours: a run of spaces would pass for the end of one. */
export const cellText = (text: string): string =>
  visible(text).replace(/ {2,}/g, (run) => '␣'.repeat(run.length));

/** JSON of the same value in which nothing reaches a terminal that it would obey. `indent` 0 puts it on one line. */
export const toSafeJson = (value: unknown, indent = 0): string =>
  visibleJson(JSON.stringify(value, null, indent) ?? 'null');
