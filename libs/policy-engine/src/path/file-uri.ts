import { hasBadEncoding } from './percent.ts';

export type FilePath =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly because: string };

export function isFileUri(text: string): boolean {
  return /^file:/i.test(text);
}

/**
 * The path in a `file:` URI (RFC 8089), still encoded. Refused is what readers take differently: another host than
 * this one, a query or fragment, a `%` that encodes nothing, a relative path.
 */
export function pathOfFileUri(uri: string): FilePath {
  const rest = uri.slice('file:'.length);
  if (/[?#]/.test(rest)) return { ok: false, because: 'a file: URI with a query or a fragment' };
  if (hasBadEncoding(rest)) return { ok: false, because: 'a file: URI with a % that encodes nothing' };
  if (!rest.startsWith('//')) return absolute(rest);
  const end = rest.indexOf('/', 2);
  const host = rest.slice(2, end < 0 ? undefined : end).toLowerCase();
  if (host !== '' && host !== 'localhost') return { ok: false, because: 'a file: URI of another host' };
  return absolute(end < 0 ? '' : rest.slice(end));
}

function absolute(path: string): FilePath {
  return path.startsWith('/') ? { ok: true, path } : { ok: false, because: 'a relative file: URI' };
}
