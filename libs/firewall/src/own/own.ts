import { statSync } from 'node:fs';
import { join } from 'node:path';
import { compileOwn, type Own, type OwnReach } from '@aegis/policy-engine';
import { ownAddresses, ownHosts } from './addresses.ts';
import { followLinks, isThere } from './links.ts';
import { clientFiles, dataDirOf, ownPaths } from './paths.ts';
import type { OwnSettings } from './settings.ts';
import { ownVariables } from './variables.ts';

/** How old what is known of protected clients' files may be. */
const LOOK_AGAIN_MS = 1_000;

function ownOf(settings: OwnSettings): Own {
  const variables = ownVariables(settings);
  return {
    paths: [...ownPaths(settings), ...clientFiles(settings)],
    addresses: ownAddresses(settings),
    hosts: ownHosts(settings),
    variables,
    bases: [process.cwd(), variables['HOME'] ?? ''].filter((base) => base !== ''),
    followLinks,
    isThere,
  };
}

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * What of this machine is the firewall's own, made ready to be looked for in calls. Clients' files that are protected later
 * count a second later.
 */
export function createOwn(settings: OwnSettings): OwnReach {
  const registry = join(dataDirOf(settings), 'clients.json');
  let stamp = changedAt(registry);
  let lookedAt = performance.now();
  let reach = compileOwn(ownOf(settings));
  return (value, folders) => {
    if (performance.now() - lookedAt > LOOK_AGAIN_MS) {
      lookedAt = performance.now();
      const now = changedAt(registry);
      if (now !== stamp) reach = compileOwn(ownOf(settings));
      stamp = now;
    }
    return reach(value, folders);
  };
}
