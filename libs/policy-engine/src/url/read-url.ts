import { INVISIBLE } from '@aegis/kit/text';
import { hostOf, mappedV4 } from './host.ts';

/** A URL that every reader takes apart in the same way, or why there is none. */
export type ReadUrl =
  | {
      readonly ok: true;
      /** Scheme, host and port, each in one spelling: `https://api.example.com:443`. */
      readonly origin: string;
      readonly host: string;
      /** As it is written, without query and fragment. */
      readonly path: string;
      /** As the WHATWG URL Standard resolves it. */
      readonly resolved: string;
      readonly hasMore: boolean;
    }
  | { readonly ok: false; readonly because: string };

const MAX_URL_LENGTH = 4096;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', ws: '80', https: '443', wss: '443' };
const SHAPE = /^(https?|wss?):\/\/([^/?#]*)([^?#]*)(.*)$/is;
/** What RFC 3986 has no place for: readers encode it, drop it, expand it or stop there. */
const NO_URL = /[\s\\^`{}|<>"]|\$\(/;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(0|[1-9]\d{0,4}))?$/i;
/** What some readers split a text at, with another URL behind it. */
const SECOND_URL = /[,;'](?:[a-z][a-z0-9+.-]*:\/|\/\/)/i;

/**
 * An absolute URL of http, https, ws or wss. Readers of URLs differ (WHATWG, RFC 3986, curl), so whatever is known to be
 * taken in two ways is refused: a user in it, hosts in other scripts, encoded, in odd numbers or as mapped IPv6, blanks and
 * backslashes, and what curl or a shell expands.
 */
export function readUrl(text: string): ReadUrl {
  if (text.length > MAX_URL_LENGTH) return refuse('a URL that is too long');
  if (INVISIBLE.test(text)) return refuse("a URL with a character that can't be seen");
  if (NO_URL.test(text)) return refuse('a URL with a character that no URL has');
  const [, scheme = '', authority = '', path = '', more = ''] = SHAPE.exec(text) ?? [];
  if (scheme === '') return refuse('not an http, https, ws or wss URL');
  if (authority.includes('@')) return refuse('a URL with a user in it');
  if (path === '' && more.includes('@')) return refuse('a URL whose host has another end for some readers');
  if (/[[\]]/.test(path)) return refuse('a URL with brackets in its path');
  if (SECOND_URL.test(path + more)) return refuse('more than one URL');
  const [, written = '', port] = AUTHORITY.exec(authority) ?? [];
  const host = hostOf(written);
  const url = URL.parse(text);
  const isUsual =
    host ===
    written
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^\[|\]$/g, '');
  if (host === undefined || url === null || !isUsual || hostOf(url.hostname) !== host) {
    return refuse('a URL whose host is not in its usual spelling');
  }
  if (mappedV4(host) !== undefined) return refuse('an IPv4 address written as IPv6');
  const lower = scheme.toLowerCase();
  const origin = `${lower}://${host}:${port ?? DEFAULT_PORTS[lower]}`;
  return { ok: true, origin, host, path: path || '/', resolved: url.pathname, hasMore: more !== '' };
}

function refuse(because: string): ReadUrl {
  return { ok: false, because };
}
