import { every, foldName, INVISIBLE } from '@aegis/kit/text';

/** Letters of other scripts, and a digit and a sign, that pass for a letter of our name. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαɑᴀꭺꓮⲁ',
    c: 'сϲᴄꮯꓚⲥ',
    e: 'еεєҽᴇꭼꓰⲉ',
    g: 'ɡցɢꮐꓖ',
    i: 'іιıɪӏꭵꓲⲓl1|',
    m: 'мμᴍꮇꓟⲙ',
    p: 'рρᴘꮲꓑⲣ',
    s: 'ѕꜱʂꮪꓢ',
    ae: 'æ',
  }).flatMap(([letter, others]) => Array.from(others, (other) => [other, letter] as const)),
);
const ODD = /[l1|]|[^\0-\x7f]/gu;
const UNSEEN = every(INVISIBLE);
const MARKS = /\p{M}+/gu;
const NOT_ASCII = /[^\0-\x7f]/;
/** Letters in a circle or a square, and those of flags, which no normal form takes apart, and where each A stands. */
const BOXED = /[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}\u{1f1e6}-\u{1f1ff}]/gu;
const BOXED_A = [0x1_f1e6, 0x1_f170, 0x1_f150];
const REFERENCES = /&#(?:x([\da-f]{1,6})|(\d{1,7}));?/gi;

const unboxed = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  const first = BOXED_A.find((one) => code >= one) ?? code;
  return String.fromCharCode(0x61 + code - first);
};

const dereferenced = (reference: string, hex?: string, decimal?: string): string => {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= 0x10_ffff ? String.fromCodePoint(code) : reference;
};

/** A text as a person sees it: without what nobody sees and the marks on letters, with references as pages show them. */
export function seenText(text: string): string {
  const shown = text.replace(REFERENCES, dereferenced);
  if (!NOT_ASCII.test(shown)) return shown;
  const bare = shown.replace(BOXED, unboxed).replace(MARKS, '');
  return bare
    .replace(UNSEEN, (char) => (/\s/.test(char) ? ' ' : ''))
    .normalize('NFKD')
    .replace(MARKS, '');
}

/** A word in the letters of our name where it has others that look like them. */
export const plainWord = (word: string): string =>
  foldName(word).replace(ODD, (char) => LOOKALIKES.get(char) ?? char);
