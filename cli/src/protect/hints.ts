import { existsSync } from 'node:fs';
import type { Env } from '@aegis/kit/env';
import { isObject } from '@aegis/kit/json';
import { program } from '../../relay/data-directory.js';
import { keysFiles } from '../keys/keys-files.ts';
import { readStackFile } from '../local/stack/stack-file.ts';
import { upstreamOf } from './entry-address.ts';
import type { Step } from './plan.ts';
import { variablesOf } from './remote-obstacle.ts';
import { isText } from './wrap-form.ts';

/** What is so of the firewall that a client will ask by HTTP. */
export type Here = { readonly needsKey: boolean; readonly isRunning: boolean };

export async function hereOf(dataDir: string, env: Env): Promise<Here> {
  const { MCP_KEYS_FILE: keys, MCP_KEYS_NEEDED_FILE: needed } = keysFiles(env, dataDir);
  const needsKey = needed === undefined || existsSync(keys) || existsSync(needed);
  return { needsKey, isRunning: (await readStackFile(dataDir)).state === 'running' };
}

const hasAuthorization = (headers: unknown): boolean =>
  isObject(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/**
 * What a person still has to see to for a server that is reached by an address: a key for its client, and what the server
 * itself wants, since the firewall sends it what stood in the entry and nothing else of a client.
 */
export function hintsFor(step: Step, { needsKey, isRunning }: Here): string[] {
  if (!('original' in step) || isText(step.original['command'])) return [];
  const written = step.to === 'none' ? step.entry.value : step.value;
  const upstream = upstreamOf(step.original);
  const variables = variablesOf(upstream);
  return [
    needsKey && !hasAuthorization(written['headers'])
      ? `its client needs a key from now on: add "headers": { "Authorization": "Bearer <key>" } to its entry; ${program()} keys add NAME makes one`
      : '',
    step.to === 'proxy' && Object.keys(upstream['headers'] ?? {}).length === 0
      ? 'it is asked without credentials; where it wants some (401), unprotect the file, give the entry "headers" and protect it again: the firewall signs in nowhere'
      : '',
    variables.length > 0 ? `the firewall needs ${variables.join(', ')} in its own environment` : '',
    step.to === 'proxy' && !isRunning ? 'the firewall has to run before its client does' : '',
  ].filter((hint) => hint !== '');
}
