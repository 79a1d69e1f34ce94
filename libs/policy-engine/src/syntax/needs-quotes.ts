/** A text that has to stand in quotes, where it begins (from 1), and what of its kind has to. */
export interface Unquoted {
  readonly text: string;
  readonly column: number;
  readonly what: string;
}

/** Where a value begins on a line: after a key, after a dash, and in a list or mapping in brackets. */
const VALUE =
  /(?:^\s*(?:-[ \t]+)*|[{,][ \t]*)[^\s"'{}[\],:#][^"'{}[\],:#]*:[ \t]+|^\s*(?:-[ \t]+)+|[[,][ \t]*/g;
/** What YAML takes for something else at the start of a text. */
const INDICATOR = /^[*&!%@`|>?,\]}]/;
/** The first value of a line that YAML doesn't take for the text that it was meant to be; undefined where none shows. */
export function findUnquoted(line: string): Unquoted | undefined {
  for (const match of line.matchAll(VALUE)) {
    const at = match.index + match[0].length;
    const [isInside, rest] = [/[[{]/.test(line.slice(0, at)), line.slice(at)];
    const text =
      (isInside ? /^(?:\[[^\]]*\]|[^,\]}])*/ : /^(?:[^ \t]|[ \t]+(?![ \t#]|$))*/).exec(rest)?.[0].trimEnd() ??
      '';
    const what = match[0].includes('<<') ? undefined : whatIsNoText(text, isInside);
    if (what !== undefined) return { text, column: at + 1, what };
  }
  return undefined;
}

function whatIsNoText(text: string, isInside: boolean): string | undefined {
  const [first = ''] = text;
  if (INDICATOR.test(text) || /^-[ \t]/.test(text)) return `what starts with ${first}`;
  if (isInside) return undefined;
  if (/^(?:\[[^\]]*\]|\{[^}]*\})[^\s,]/.test(text))
    return `what starts with ${first} and is no list or mapping`;
  return /^["'[{]/.test(text) || !/:(?:[ \t]|$)/.test(text)
    ? undefined
    : 'what has a colon before a blank or at its end';
}

/** A text in quotes that say nothing but the text. */
export const inQuotes = (text: string): string => `'${text.replaceAll("'", "''")}'`;
