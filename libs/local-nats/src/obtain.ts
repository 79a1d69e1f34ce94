import { BrokerError } from '@aegis/bus/law';
import type { Env } from '@aegis/kit/env';
import type { BrokerLog, Heard } from './broker-log.ts';
import { cacheDir } from './cache-dir.ts';
import { fetchNatsServer } from './fetch.ts';
import { type FoundServer, searchNatsServer } from './find.ts';

/**
 * A nats-server 2.12 or newer: one that is here, else one fetched now into the project's cache.
 * @throws BrokerError that names the ways to get one, and the servers found that are too old.
 */
export async function obtainNatsServer(
  env: Env,
  log: BrokerLog,
  say: Heard['say'] = () => undefined,
): Promise<FoundServer> {
  const { server, tooOld } = await searchNatsServer(env);
  if (server !== undefined) return server;
  const cache = cacheDir(env);
  if (cache === undefined)
    throw new BrokerError(
      'AegisMCP needs a nats-server 2.12 or newer, and this user has no home folder to keep one in: set AEGIS_CACHE_DIR to a folder for it.',
    );
  try {
    const fetched = await fetchNatsServer(cache, { log, say });
    log.info({ path: fetched.path, version: fetched.version }, 'fetched a nats-server');
    return fetched;
  } catch (error) {
    if (!(error instanceof BrokerError) || tooOld.length === 0) throw error;
    const passedOver = tooOld.map(({ path, version }) => `${path} is ${version}`).join(', ');
    throw new BrokerError(`${error.message.replace(/\.$/, '')} (${passedOver}, which is too old).`, {
      cause: error,
    });
  }
}
