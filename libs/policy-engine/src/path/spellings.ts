import { CONTROL } from '@aegis/kit/text';
import { alternativesOf } from './alternatives.ts';
import { leadsElsewhere, mayClimbExpanded } from './expanded.ts';
import { isFileUri, pathOfFileUri } from './file-uri.ts';
import { foldText, isTangled } from './fold.ts';
import { decodeOnce, hasEncodedSlash } from './percent.ts';
import { climbsOut, hasOddDots, startsWithDrive } from './resolve.ts';

/** One way to read a path. A folded one is compared with folded roots. */
export interface Spelling {
  readonly text: string;
  readonly folded: boolean;
}

/** How much may still be read, in characters, where many paths share one allowance. Below 0 there is nothing left. */
export interface Allowance {
  left: number;
}

export type Spellings =
  | { readonly ok: true; readonly spellings: readonly Spelling[] }
  | { readonly ok: false; readonly because: string };

/** The longest path that Linux takes, and no system with folders takes much longer ones. */
export const MAX_PATH_LENGTH = 4096;
/** All spellings together; a plain path of that length has two, an encoded one four. */
const MAX_SPELLED = 32_768;
/** Some systems have no such characters in their own encoding, and put in the slash that looks alike. */
const SLASHES = /[\u2044\u2215\u2216\u29F5\u29F8]/g;
/** Four rounds of encoding with everything else make fewer. */
const MAX_SPELLINGS = 64;
/** What a spelling takes beside its characters. */
const PER_SPELLING = 32;

/**
 * Every way in which a server may read a path: as it stands, decoded once and again, with dots decoded alone (as URL parsers
 * do), with backslashes and look-alikes as slashes, folded, and all of these together. Not ok where one of them can't be
 * read.
 */
export function spellingsOf(text: string, allowance?: Allowance): Spellings {
  if (text.length > MAX_PATH_LENGTH) return refuse('a path that is too long');
  const isUri = isFileUri(text);
  const from = isUri ? pathOfFileUri(text) : { ok: true as const, path: text };
  if (!from.ok) return from;
  const found = new Map<string, Spelling>();
  let spelled = 0;
  const queue: Spelling[] = [{ text: from.path, folded: false }];
  for (let spelling = queue.pop(); spelling !== undefined; spelling = queue.pop()) {
    const key = `${spelling.folded ? 'folded' : 'exact'}:${spelling.text}`;
    if (found.has(key)) continue;
    if (allowance !== undefined) allowance.left -= spelling.text.length + PER_SPELLING;
    const fault = faultOf(spelling.text);
    if (fault !== undefined) return refuse(fault);
    if (isUri && climbsOut(spelling.text)) return refuse('a file: URI with .. above the root');
    spelled += spelling.text.length;
    if (found.size >= MAX_SPELLINGS || spelled > MAX_SPELLED)
      return refuse('a path that is encoded too often');
    found.set(key, spelling);
    queue.push(...rewritingsOf(spelling));
  }
  return { ok: true, spellings: [...found.values()] };
}

function rewritingsOf({ text, folded }: Spelling): Spelling[] {
  const rewritings: Spelling[] = [{ text: foldText(text), folded: true }];
  if (text.includes('%')) {
    rewritings.push({ text: decodeOnce(text) ?? text, folded });
    rewritings.push({ text: text.replace(/%2e/gi, '.'), folded });
  }
  if (text.includes('{')) rewritings.push(...alternativesOf(text).map((one) => ({ text: one, folded })));
  if (text.includes('\\')) rewritings.push({ text: text.replaceAll('\\', '/'), folded });
  if (text.search(SLASHES) >= 0) rewritings.push({ text: text.replace(SLASHES, '/'), folded });
  return rewritings;
}

/** What makes a path mean something else to each reader, whatever the root is. */
function faultOf(path: string): string | undefined {
  if (!path.startsWith('/')) return 'not an absolute path';
  if (isTangled(path)) return 'a path with too many marks on one letter';
  if (CONTROL.test(path)) return 'a path with a control character';
  if (!path.isWellFormed() || decodeOnce(path) === undefined) return 'a path that is not UTF-8';
  if (hasEncodedSlash(path)) return 'a path with an encoded slash';
  if (/%u[0-9a-f]{4}/i.test(path)) return 'a path with %u encodings';
  if (startsWithDrive(path)) return 'a path with a drive letter';
  if (hasOddDots(path)) return 'a path with a name of dots or blanks only';
  if (mayClimbExpanded(path)) return 'a path that climbs where it is expanded';
  if (leadsElsewhere(path)) return 'a path that the system leads elsewhere';
  return undefined;
}

function refuse(because: string): Spellings {
  return { ok: false, because };
}
