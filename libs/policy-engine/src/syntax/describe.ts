import type { ErrorCode } from 'yaml';
import { findUnquoted, inQuotes } from './needs-quotes.ts';

/** What the YAML reader says of a text: its own words are the grammar's. */
export interface SyntaxFault {
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Described {
  /** What is wrong, and what to write instead. */
  readonly sentence: string;
  readonly column: number;
  /** It says no more than that something is wrong here: behind another fault it is an echo of that one. */
  readonly isVague?: true;
}

const NO_YAML =
  'this is no YAML and no JSON; what is text and not only letters, digits and dots stands in quotes';
const INDENTED = 'this line is not indented as the ones that it belongs to';

/** Plain words for what is wrong on a line at a column, with the remedy where it shows. */
export function describeSyntax({ code, message }: SyntaxFault, line: string, column: number): Described {
  const said = (sentence: string, at = column): Described => ({ sentence, column: at });
  if (code === 'RESOURCE_EXHAUSTION') return said('nested too deeply to read');
  if (code === 'MULTIPLE_DOCS') return said('a second document is not allowed');
  if (code === 'TAB_AS_INDENT')
    return said('a tab, where YAML is indented with blanks: write two blanks for it');
  if (code === 'BAD_DQ_ESCAPE')
    return said(
      `${message.replace(/^.*sequence /, '')} means nothing in double quotes: write single quotes around it`,
    );
  if (message.startsWith('Missing closing') && message.includes('quote'))
    return said('a quote before this is never closed');
  if (code === 'UNEXPECTED_TOKEN' && message.includes('scalar') && /(?:^|[:[,{-])\s*'/.test(line))
    return said("text behind a closing quote: inside of single quotes write '' for '");
  const unquoted = findUnquoted(line);
  if (unquoted !== undefined)
    return said(`${unquoted.what} has to stand in quotes: ${inQuotes(unquoted.text)}`, unquoted.column);
  return ofStructure(message, line, said) ?? { sentence: NO_YAML, column, isVague: true };
}

/** What is missing between the texts. */
function ofStructure(
  message: string,
  line: string,
  said: (sentence: string) => Described,
): Described | undefined {
  const glued = /^\s*(?:-\s+)*"?([A-Za-z_]+)"?:(\S.*)$/.exec(line);
  if (/[Ii]mplicit (?:map )?keys/.test(message)) {
    if (glued) return said(`a blank is missing behind the colon: ${glued[1]}: ${glued[2]}`);
    return said('a colon is missing: a field is written as name: value');
  }
  const [, bracket] = /end with a ([\]}])/.exec(message) ?? [];
  if (bracket !== undefined) return said(`a ${bracket} is missing before this`);
  if (/Block collections are not allowed within flow|Missing , /.test(message))
    return said('a comma is missing here');
  const [, closing] = /Unexpected flow-(seq|map)-end/.exec(message) ?? [];
  if (closing !== undefined) return said(`a ${closing === 'seq' ? ']' : '}'} that closes nothing`);
  if (/same column|Sequence item without|BAD_INDENT|indent/i.test(message))
    return { ...said(INDENTED), isVague: true };
  return undefined;
}
