import { isIP, isIPv6 } from 'node:net';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Addresses that mean every interface, each with where a program on this machine reaches it. Nobody is called so. */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** A host as it stands in a URL or a `Host` header: IPv6 addresses in brackets. */
export const urlHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/** Where a program on this machine reaches a server that is bound to `boundHost`, such as `127.0.0.1:8000`. */
export const reachedAt = (boundHost: string, port: number): string =>
  `${urlHost(EVERYWHERE.get(boundHost) ?? boundHost)}:${port}`;

/**
 * The names that a request may call a server by in its `Host` and `Origin`, in lower case: those of loopback, the one that
 * it is bound to, and `more`. A page that made its own name point to this machine (DNS rebinding) names another.
 */
export function ownHostNames(boundHost: string, more: readonly string[]): string[] {
  const bound = EVERYWHERE.has(boundHost) ? [] : [boundHost];
  return [...new Set([...LOOPBACK, ...[...bound, ...more].map((host) => urlHost(host.toLowerCase()))])];
}

/**
 * Whether a request with this `Host` header may be told how a service is: by one of its own names, or by an address, as
 * probes ask, or without the header, which a browser always sends. A page that made its own name point here has that name.
 */
export function mayAskHealth(host: string | undefined, ownNames: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return ownNames.includes(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
