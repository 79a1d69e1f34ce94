import type { Within } from '../path/within.ts';
import { hostOf, isIpAddress } from './host.ts';
import type { HostTest } from './host-list.ts';

/** RFC 5321's limits on both sides of the `@`. */
const MAX_ADDRESS = 320;
/** One address without a name, a comment, quotes or a route in it, none of which two readers take alike. */
const ADDRESS = /^[a-z0-9_](?:[a-z0-9_+=~'-]|\.(?!\.))*(?<!\.)@([a-z0-9-]+(?:\.[a-z0-9-]+)*)$/i;

/** Whether the domain of an address is one of these. */
export function createDomainTest(isOne: HostTest): (address: string) => Within {
  return (address) => {
    const [, domain] = address.length > MAX_ADDRESS ? [] : (ADDRESS.exec(address) ?? []);
    const host = domain?.toLowerCase();
    if (host === undefined || hostOf(host) !== host || isIpAddress(host)) {
      return { known: false, because: 'not one plain address such as ada@example.com' };
    }
    return { known: true, within: isOne(host) };
  };
}
