import { lookup } from 'node:dns/promises';

const KNOWN_FOR_MS = 30_000;

/** An address as IPv4 where it is one, however the socket says it. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

async function addressesOf(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => plain(address));
}

/**
 * Tells whether an address is that of one of these proxies (names or addresses). A proxy that got a new address is known at
 * once, and the old one is forgotten after 30 s. A name that can't be looked up is nobody's.
 */
export function createProxies(names: readonly string[], resolve = addressesOf, now = Date.now) {
  let known: ReadonlySet<string> = new Set();
  let knownUntil = 0;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const found = await Promise.all(names.map((name) => resolve(name).catch(() => [])));
    known = new Set(found.flat());
    knownUntil = now() + KNOWN_FOR_MS;
    looking = undefined;
  };
  return async (address: string): Promise<boolean> => {
    const one = plain(address);
    if (known.has(one) && now() < knownUntil) return true;
    await (looking ??= look());
    return known.has(one);
  };
}
