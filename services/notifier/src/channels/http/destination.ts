import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DeliveryError } from '../../domain/attempt-result.ts';
import { isPublicAddress } from './public-address.ts';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveByDns: Resolve = (host) => lookup(host, { all: true });

const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');
const isAllowed = (url: URL, allowedHosts: readonly string[]): boolean => allowedHosts.includes(hostOf(url));

const BY_NAME = 'name it in WEBHOOK_ALLOW_HOSTS if that is meant';

/**
 * Why nothing is sent to an address, as far as it shows without asking for its name; undefined where nothing is wrong. The
 * URL parser has made one form of the many of an IPv4 address (`2130706433`, `0x7f.1`).
 */
export function problemOfUrl(text: string, allowedHosts: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return 'expected an address that starts with https://';
  const url = new URL(text);
  const allowed = isAllowed(url, allowedHosts);
  if (url.username !== '' || url.password !== '') return 'an address with a user name or password is refused';
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'expected an address that starts with https://';
  if (url.protocol === 'http:' && !allowed)
    return `expected https; without TLS only where the host is known: ${BY_NAME}`;
  const host = hostOf(url);
  if (isIP(host) !== 0 && !allowed && !isPublicAddress(host))
    return `${host} is not a public address; ${BY_NAME}`;
  return undefined;
}

/**
 * The addresses of a URL's host, each of them checked. Connect to these and to no other: the name may stand for another one
 * a moment later.
 *
 * @throws DeliveryError where the URL is refused or one of the addresses is not public
 */
export async function checkedAddresses(
  url: URL,
  allowedHosts: readonly string[],
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const problem = problemOfUrl(url.href, allowedHosts);
  if (problem !== undefined) throw new DeliveryError(problem);
  const host = hostOf(url);
  const family = isIP(host);
  const addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (addresses.length === 0) throw new DeliveryError(`${host} has no address`);
  const refused = addresses.find(({ address }) => !isPublicAddress(address));
  if (refused && !isAllowed(url, allowedHosts)) {
    throw new DeliveryError(
      `${host} stands for ${refused.address}, which is not a public address; ${BY_NAME}`,
    );
  }
  return addresses;
}
