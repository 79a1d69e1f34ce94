import { hostOf, isIpAddress } from './host.ts';

/** Whether a host, in `hostOf`'s spelling, is one of a list. */
export type HostTest = (host: string) => boolean;

const EXPECTED_HOST = 'expected a host such as api.example.com, or *.example.com for all below it';

const EXPECTED_DOMAIN = 'expected a domain such as example.com, or *.example.com for all below it';

/** Why this is no entry of such a list, or undefined. It is written as it is compared; other scripts as `xn--`. */
export function faultOfHost(entry: unknown): string | undefined {
  if (typeof entry !== 'string') return EXPECTED_HOST;
  const isBelow = entry.startsWith('*.');
  const host = (isBelow ? entry.slice(2) : entry).toLowerCase();
  if (!isPlainHost(host) || hostOf(host) !== host) return EXPECTED_HOST;
  return isBelow && isIpAddress(host) ? EXPECTED_HOST : undefined;
}

/** The same for domains of mail: no address is one. */
export function faultOfDomain(entry: unknown): string | undefined {
  const isAddress = typeof entry === 'string' && isIpAddress(entry);
  return isAddress || faultOfHost(entry) !== undefined ? EXPECTED_DOMAIN : undefined;
}

/** Letters, digits, dots, hyphens and underscores, or an IPv6 address without brackets. */
function isPlainHost(host: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(host) || /^[0-9a-f:.]*:[0-9a-f:.]*$/.test(host);
}

/** `example.com` is that host alone, `*.example.com` all hosts below it and not itself. */
export function createHostTest(entries: readonly string[]): HostTest {
  const lower = entries.map((entry) => entry.toLowerCase());
  const hosts = new Set(lower.filter((entry) => !entry.startsWith('*.')));
  const above = new Set(lower.filter((entry) => entry.startsWith('*.')).map((entry) => entry.slice(2)));
  return (host) => {
    if (hosts.has(host)) return true;
    if (above.size === 0 || isIpAddress(host)) return false;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      if (above.has(host.slice(dot + 1))) return true;
    }
    return false;
  };
}
