import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';
import { z } from 'zod';
import { ConfigError, hostNames } from './env.ts';

const EXPECTED_INSECURE = 'expected "yes-i-mean-it", or nothing';

/** The settings that say whether programs of other machines come in. */
export const ReachEnv = z.object({
  HOST: z.string().default('127.0.0.1'),
  /**
   * Where a proxy or a container publishes this, and whom it takes connections from, with commas or blanks: what is bound
   * here says nothing of that.
   */
  PUBLISHED_ON: z.string().optional(),
  /** Proxies, by name or address, that say with each connection whose it is (PROXY protocol 2). */
  PROXY_PROTOCOL_FROM: hostNames,
  /** Lets whoever comes from other machines ask without a name. */
  AEGIS_INSECURE: z.literal('yes-i-mean-it', EXPECTED_INSECURE).optional(),
});

export type Reach = z.output<typeof ReachEnv>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host is this machine alone, as the system resolves it to bind there. @throws Error of the look-up */
async function isLoopback(host: string): Promise<boolean> {
  const found = await lookup(host.replace(/^\[(.*)\]$/, '$1'), { all: true });
  return (
    found.length > 0 &&
    found.every(({ address, family }) => loopback.check(address.replace(/%.*$/, ''), `ipv${family as 4 | 6}`))
  );
}

/** The setting by which other machines reach this, and why. @throws Error where `HOST` can't be looked up */
async function wayIn({ HOST, PUBLISHED_ON, PROXY_PROTOCOL_FROM }: Reach): Promise<string | undefined> {
  if (PUBLISHED_ON === undefined) {
    if (PROXY_PROTOCOL_FROM.length > 0)
      return 'PROXY_PROTOCOL_FROM: a proxy stands in front, which other machines may reach (PUBLISHED_ON says where)';
    return (await isLoopback(HOST)) ? undefined : `HOST: ${HOST} can be reached from other machines`;
  }
  for (const one of PUBLISHED_ON.split(/[\s,]+/).filter(Boolean)) {
    // A network, or a name that nobody knows here, is not this machine for sure.
    if (!(await isLoopback(one).catch(() => false)))
      return `PUBLISHED_ON: ${one} can be reached from other machines`;
  }
  return undefined;
}

/** @returns the sentence that says which setting lets other machines in without a name; undefined where they need a key */
export async function strangersComeIn(
  reach: Reach,
  isAsked: () => Promise<boolean>,
): Promise<string | undefined> {
  const way = await wayIn(reach);
  return way === undefined || (await isAsked()) ? undefined : `${way}, and nobody is asked for a name`;
}

/**
 * Keeps a service from starting where programs of other machines could ask without a name.
 *
 * @throws ConfigError that says how to mend it; whatever `isAsked` throws; Error where `HOST` can't be looked up
 */
export async function keepStrangersOut(reach: Reach, isAsked: () => Promise<boolean>): Promise<void> {
  if (reach.AEGIS_INSECURE !== undefined) return;
  const sentence = await strangersComeIn(reach, isAsked);
  if (sentence === undefined) return;
  throw new ConfigError(
    `${sentence}, since no agent has a key. Let it listen on 127.0.0.1 only and give an agent one ("aegis keys create --name NAME"), then start it so again; or set AEGIS_INSECURE=yes-i-mean-it.`,
  );
}
