/** What a terminal or a line reader may act on: control and format characters, and line separators beside LF. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escapeUnits = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** One line of JSON that ends in LF and has no other line break, escape sequence or bidi control in it. */
export const toJsonLine = (value: object): string =>
  `${JSON.stringify(value).replace(ACTIVE, escapeUnits)}\n`;
