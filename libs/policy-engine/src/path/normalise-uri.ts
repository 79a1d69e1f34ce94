import { CONTROL } from '@aegis/kit/text';
import { decodeOnce, hasBadEncoding, hasEncoding } from './percent.ts';

/** A URI in its spellings, the normal one first, or why it has more than one meaning. */
export type NormalUri =
  | { readonly ok: true; readonly uris: readonly string[]; readonly isFile: boolean }
  | { readonly ok: false; readonly because: string };

const NEEDS_NO_ENCODING = /^[A-Za-z0-9._~-]$/;

/**
 * URIs of every scheme but `file:`, as the WHATWG URL Standard writes them, and with characters decoded that need no
 * encoding (RFC 3986, 6.2.2) or are not ASCII. The other spelling is for deny rules: everything decoded.
 */
export function normaliseUri(uri: string): NormalUri {
  const decoded = decodeOnce(uri);
  const fault = faultOf(uri, decoded);
  if (fault !== undefined || decoded === undefined) return { ok: false, because: fault ?? 'not UTF-8' };
  const url = URL.parse(decodePlain(uri));
  if (url === null) return { ok: false, because: 'not a URI' };
  if (hasDots(decodeOnce(url.pathname) ?? '')) return { ok: false, because: '. or .. in its path' };
  const normal = decodeWide(url.href);
  return { ok: true, uris: [normal, decodeOnce(normal) ?? normal], isFile: false };
}

function faultOf(uri: string, decoded: string | undefined): string | undefined {
  if (decoded === undefined || !decoded.isWellFormed()) return 'an encoding that is not UTF-8';
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri)) return 'not a URI';
  if (hasBadEncoding(uri)) return 'a % that encodes nothing';
  if (CONTROL.test(decoded)) return 'a control character';
  if (hasEncoding(decoded)) return 'an encoding inside an encoding';
  if (decoded.includes('\\')) return 'a backslash';
  return uri !== uri.trim() ? 'blanks around it' : undefined;
}

/** What the parser left: dots behind an encoded slash, before parameters, or in a scheme whose paths it doesn't resolve. */
function hasDots(path: string): boolean {
  return path.split('/').some((name) => /^\.{1,2}(?:;|$)/.test(name));
}

function decodePlain(uri: string): string {
  return uri.replace(/%[0-9a-f]{2}/gi, (encoding) => {
    const character = String.fromCharCode(Number.parseInt(encoding.slice(1), 16));
    return NEEDS_NO_ENCODING.test(character) ? character : encoding.toUpperCase();
  });
}

/** Runs that are not UTF-8 were refused before. */
function decodeWide(uri: string): string {
  return uri.replace(/(?:%[89a-f][0-9a-f])+/gi, (run) => decodeURIComponent(run));
}
