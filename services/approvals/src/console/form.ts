import type { IncomingHttpHeaders } from 'node:http';

const ANSWER_WITHIN_MS = 1_500;

/** Until when an answer has to be there. */
export const soon = (): number => Date.now() + ANSWER_WITHIN_MS;
export const HTML = 'text/html; charset=utf-8';

/** A form that another site sent decides nothing: browsers say where a request comes from (Fetch Metadata). */
export function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
}

/** Where a form came from, for the limit on wrong codes; the gateway says so. */
export const sourceOfForm = ({ headers, ip }: { headers: IncomingHttpHeaders; ip: string }): string =>
  String(headers['x-forwarded-for'] ?? ip);
