import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { isSupportedServer, parseServerVersion } from '@aegis/bus/law';
import type { Env } from '@aegis/kit/env';
import { cacheDir, cachedServerPath } from './cache-dir.ts';

const run = promisify(execFile);

/** Debian installs the server where an ordinary user's PATH does not look. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

export type FoundServer = {
  readonly path: string;
  readonly version: string;
  readonly origin: 'path' | 'cache';
};

/** The version of the nats-server at `path`; undefined where there is none or it does not run. */
export async function serverVersion(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    return parseServerVersion(stdout);
  } catch {
    return undefined;
  }
}

function candidates(env: Env): Pick<FoundServer, 'path' | 'origin'>[] {
  const binary = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = process.platform === 'win32' ? onPath : [...onPath, ...USUAL_FOLDERS];
  const cache = cacheDir(env);
  return [
    ...[...new Set(folders)].map((folder) => ({ path: join(folder, binary), origin: 'path' as const })),
    ...(cache === undefined ? [] : [{ path: cachedServerPath(cache), origin: 'cache' as const }]),
  ];
}

/**
 * Looks for a nats-server on PATH, in the usual folders, then in the project's cache. `tooOld`: those that were passed over
 * because they are older than 2.12.
 */
export async function searchNatsServer(env: Env) {
  const tooOld: FoundServer[] = [];
  for (const candidate of candidates(env)) {
    const version = await serverVersion(candidate.path);
    if (version === undefined) continue;
    const server = { ...candidate, version };
    if (isSupportedServer(version)) return { server, tooOld };
    tooOld.push(server);
  }
  return { server: undefined, tooOld };
}
