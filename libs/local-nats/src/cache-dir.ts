import { join } from 'node:path';
import type { Env } from '@aegis/kit/env';
import { homeFolder } from '@aegis/kit/os-user';

/** Where fetched binaries stay: `AEGIS_CACHE_DIR`, else `aegismcp` in the user's cache folder, where they have a home. */
export function cacheDir(env: Env): string | undefined {
  if (env['AEGIS_CACHE_DIR']) return env['AEGIS_CACHE_DIR'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'aegismcp');
  const home = homeFolder(env);
  return home === undefined ? undefined : join(home, '.cache', 'aegismcp');
}

/** The path of the fetched nats-server inside a cache folder. */
export function cachedServerPath(cache: string): string {
  return join(cache, 'nats-server');
}
