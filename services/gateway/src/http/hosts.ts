import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@aegis/kit/errors';
import { ownHostNames } from '@aegis/kit/hosts';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?$/;

const refused = (detail: string): AppError => new AppError('forbidden_origin', detail);

/** Whether an Origin header names the host that the request was sent to; a port left out is the scheme's own. */
function sameHost(origin: string, host: string, fetchSite: unknown): boolean {
  // A form on a page with `Referrer-Policy: no-referrer` sends `null`; no page can set the other header (Fetch Metadata).
  if (origin === 'null') return fetchSite === 'same-origin';
  if (!URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  const to = `${protocol}//${host}`;
  return /^https?:$/.test(protocol) && URL.canParse(to) && new URL(to).host === from;
}

/**
 * Refuses what a web page elsewhere could send: a Host header that is none of ours (DNS rebinding), an Origin that is not
 * the host itself (cross-site requests). A browser always sends the first, and the second wherever it matters.
 *
 * @returns a check that throws `forbidden_origin`
 */
export function createHostCheck(
  boundHost: string,
  allowedHosts: readonly string[],
): (headers: IncomingHttpHeaders) => void {
  const allowed = new Set(ownHostNames(boundHost, allowedHosts));
  return ({ host, origin, 'sec-fetch-site': fetchSite }) => {
    const name = HOST.exec(host?.toLowerCase() ?? '')?.[1];
    if (host === undefined || name === undefined || !allowed.has(name)) {
      throw refused('The Host header names a host that is not this gateway; ALLOWED_HOSTS adds names.');
    }
    if (origin !== undefined && !sameHost(origin, host, fetchSite)) {
      throw refused('The Origin header names another site.');
    }
  };
}
