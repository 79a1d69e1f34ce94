import { createScanner, type ParseError, printParseErrorCode } from 'jsonc-parser';

const PAIRS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };
const QUOTES = /^['‘’“”„«»`]/;

/** A place of a text, and what is wrong there in words that follow "in column 5". */
type Fault = { readonly at: number; readonly why: string };

/**
 * The bracket at which brackets do not fit: one that is never closed, or that another kind closes. A missing one is noticed
 * at the end of a file, where nobody can see which one it is.
 */
function bracketFault(body: string): Fault | undefined {
  const open: { bracket: string; at: number }[] = [];
  const scanner = createScanner(body, true);
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const at = scanner.getTokenOffset();
    const token = body.slice(at, at + scanner.getTokenLength());
    if (Object.hasOwn(PAIRS, token)) open.push({ bracket: token, at });
    if (token !== '}' && token !== ']') continue;
    const last = open.pop();
    if (last === undefined) return { at, why: `is a ${token} that closes nothing` };
    const closes = PAIRS[last.bracket];
    if (closes !== token)
      return { at: last.at, why: `is a ${last.bracket} that a ${token} closes: a ${closes} is missing` };
  }
  const last = open.at(-1);
  return (
    last && {
      at: last.at,
      why: `is a ${last.bracket} that nothing closes: a ${PAIRS[last.bracket]} is missing`,
    }
  );
}

const UNUSUAL = 'begins what is no JSON: names and texts stand in double quotes ("), and # begins no comment';
const NO_NUMBER = 'begins what is no number of JSON';
const OPEN_COMMENT = 'begins a comment that nothing ends: */ is missing';

/** What the parser says, by its own name of it, with the first character that it says it of. */
const WORDS: Readonly<Record<string, (first: string) => string>> = {
  InvalidSymbol: (first) =>
    QUOTES.test(first) ? `is ${first}, where JSON has plain double quotes (")` : UNUSUAL,
  InvalidNumberFormat: () => NO_NUMBER,
  UnexpectedEndOfNumber: () => NO_NUMBER,
  PropertyNameExpected: (first) =>
    first === ',' ? 'is a comma too many' : 'a name in double quotes is missing',
  ValueExpected: (first) => (first === ',' ? 'is a comma too many' : 'a value is missing'),
  ColonExpected: () => 'a colon (:) is missing',
  CommaExpected: () => 'a comma (,) is missing',
  EndOfFileExpected: () => 'begins more, where the file should end: it holds one object',
  InvalidCommentToken: () => OPEN_COMMENT,
  UnexpectedEndOfComment: () => OPEN_COMMENT,
  UnexpectedEndOfString: () => 'begins a text that nothing ends in its line: a " is missing',
  InvalidUnicode: () => 'begins a text with a \\u that four hexadecimal digits should follow',
  InvalidEscapeCharacter: () => 'begins a text with a \\ that stands for nothing: write \\\\ for one',
  InvalidCharacter: () => 'begins a text with a tab or another control character: write \\t for a tab',
};

const OF_BRACKETS = ['CloseBraceExpected', 'CloseBracketExpected', 'EndOfFileExpected', 'CommaExpected'];

function faultOf(body: string, { error, offset }: ParseError): Fault {
  const name = printParseErrorCode(error);
  const first = body.charAt(offset);
  const isOfBrackets =
    OF_BRACKETS.includes(name) && (name !== 'CommaExpected' || first === '}' || first === ']');
  const brackets = isOfBrackets ? bracketFault(body) : undefined;
  return brackets ?? { at: offset, why: WORDS[name]?.(first) ?? 'is no JSON' };
}

/** What is wrong with a text that is no JSON, and where; nothing of what stands there, which may be secret. */
export function parseFault(body: string, error: ParseError): string {
  if (body.trim() === '') return 'it is empty';
  const { at, why } = faultOf(body, error);
  const before = body.slice(0, at).split('\n');
  return `line ${before.length}: column ${(before.at(-1)?.length ?? 0) + 1} ${why}`;
}
