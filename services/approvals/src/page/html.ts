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

/**
 * Characters that a person can't see or that turn text around: controls but for tab and newline, format characters (bidi,
 * zero width, soft hyphen), halves of characters, line and paragraph separators, fillers (Unicode TR36 §2.5), and two symbols
 * that are blank.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu;

const codePoint = (char: string): string =>
  `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Hostile text as text: invisible characters are shown by their code point. */
export const visible = (text: string): string =>
  text.replace(INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : codePoint(char)));

const UNUSUAL_SPACE = /(?! )\p{Zs}/gu;

/** A name as people compare it, on one line: line ends, tabs and unusual spaces are shown by their code point too. */
export const oneLine = (text: string): string =>
  text.replace(INVISIBLE, codePoint).replace(UNUSUAL_SPACE, codePoint);

const escape = (text: string): string => visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

type Part = Html | string | number | undefined | readonly Html[];

function render(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map((one) => one.markup).join('');
  return escape(String(part));
}

/** A template whose values are escaped unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((all, text, i) => all + render(parts[i - 1]) + text));
}
