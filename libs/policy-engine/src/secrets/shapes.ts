/**
 * What secrets look like in text. Each starts with a fixed word and runs over one class of characters, so that a search is
 * linear. A count stands before the star, `x{16}x*`: as `x{16,}` it would fill the stack in a text of some millions.
 */
const SHAPES: readonly RegExp[] = [
  /\b(?:Bearer|Basic)[ \t]+[\w.~+/=-]{8}[\w.~+/=-]*/gi,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}[0-9A-Z]*/g,
  /\bgh[a-z]_[A-Za-z0-9]{16}[A-Za-z0-9]*/g,
  /\bgithub_pat_\w{16}\w*/g,
  /\bglpat-[\w-]{16}[\w-]*/g,
  /\bxox[a-z]-[\w-]{8}[\w-]*/g,
  /\bsk-[\w-]{16}[\w-]*/g,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10}[A-Za-z0-9]*/g,
  /\bAIza[\w-]{30}[\w-]*/g,
  // The header alone too, where the text was cut.
  /(?<![\w-])eyJ[\w-]{8}[\w-]*(?:\.[\w-]*){0,2}/g,
  // To the end of the text where no end of it is in sight.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[^]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
  // The user and password of a URL; a name of a host is never so long that its end is out of sight.
  /(?<=:\/\/)[^\s/?#"'<>\\]*(?=@)/g,
  /(?<=:\/\/)[^\s/?#"'<>\\]{512}[^\s/?#"'<>\\]*/g,
  // `--password=…`, `?access_token=…`, `"api_key": "…"`
  /(?<=(?:password|passwd|pwd|secret|token|api[_-]?key)["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)[^\s&"',;]+/gi,
];

/** A part of a text, in UTF-16 units; the end is not in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What looks like a secret in a text, in order and apart from each other. Takes time in proportion to the text's length. */
export function secretSpans(text: string): readonly Span[] {
  const found = SHAPES.flatMap((shape) =>
    Array.from(text.matchAll(shape), ({ index, 0: { length } }) => ({ start: index, end: index + length })),
  );
  const apart: Span[] = [];
  for (const { start, end } of found.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    if (last !== undefined && start <= last.end) {
      apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    } else if (end > start) apart.push({ start, end });
  }
  return apart;
}
