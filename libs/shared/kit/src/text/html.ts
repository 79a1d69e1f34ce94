import { visible } from './visible.ts';

/** Markup that is safe as it is; everything else is escaped when it is put into {@link html}. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

type Part = Html | string | number | undefined | readonly Part[];

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(render).join('');
  return escape(String(part));
}

/**
 * A template whose values are escaped, what nobody sees in them is shown by its code point, unless they are markup
 * themselves.
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((all, text, i) => all + render(parts[i - 1]) + text));
}
