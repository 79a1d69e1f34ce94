import { isIPv6 } from 'node:net';
import { localhostAllowedHostnames } from '@modelcontextprotocol/server';

/** Addresses that mean "every interface": nobody is reached by such a name. */
const WILDCARDS = new Set(['0.0.0.0', '::']);

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export const urlHost = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

/**
 * The host names that a request may name in `Host` and `Origin`: localhost's, the bound one and those that were
 * allowed. A page that made its own name point to this machine (DNS rebinding) names another.
 */
export function allowedHostNames(boundHost: string, extra: readonly string[]): string[] {
  const bound = WILDCARDS.has(boundHost) ? [] : [boundHost];
  return [...new Set([...localhostAllowedHostnames(), ...[...bound, ...extra].map(urlHost)])];
}

/** Where a client on this machine reaches a server that is bound to `boundHost`. */
export const reachableAt = (boundHost: string, port: number, path: string): string =>
  `http://${urlHost(WILDCARDS.has(boundHost) ? '127.0.0.1' : boundHost)}:${port}${path}`;
