import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@aegis/kit/env';

/** Where fetched binaries stay: `AEGIS_CACHE_DIR`, else `aegismcp` in the user's cache folder. */
export function cacheDir(env: Env): string {
  if (env['AEGIS_CACHE_DIR']) return env['AEGIS_CACHE_DIR'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'aegismcp');
  return join(env['HOME'] ?? homedir(), '.cache', 'aegismcp');
}

/** The path of the fetched nats-server inside a cache folder. */
export function cachedServerPath(cache: string): string {
  return join(cache, 'nats-server');
}
