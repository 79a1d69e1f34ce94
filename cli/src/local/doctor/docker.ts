import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Look, ok } from './finding.ts';

/** Docker is one way to run AegisMCP, so its absence is no fault. */
export const lookAtDocker: Look = async ({ env }) => {
  const binary = process.platform === 'win32' ? 'docker.exe' : 'docker';
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    try {
      await access(join(folder, binary), constants.X_OK);
      return [ok('docker', `found at ${join(folder, binary)}`)];
    } catch {
      // The next folder may have it.
    }
  }
  return [ok('docker', 'not found, and not needed: "docker compose up" is another way to run AegisMCP')];
};
