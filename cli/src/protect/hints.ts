import type { WhoIsAsked } from '@aegis/contracts/asked-words';
import type { Env } from '@aegis/kit/env';
import { isObject } from '@aegis/kit/json';
import { program } from '../../relay/data-directory.js';
import { isMcpClosed, whoIsAsked } from '../keys/who-is-asked.ts';
import { readStackFile } from '../local/stack/stack-file.ts';
import { upstreamOf } from './entry-address.ts';
import type { Step } from './plan.ts';
import { variablesOf } from './remote-obstacle.ts';
import { isText } from './wrap-form.ts';

/** What is so of the firewall that a client will ask by HTTP. */
export type Here = { readonly asked: WhoIsAsked; readonly isRunning: boolean };

export async function hereOf(dataDir: string, env: Env): Promise<Here> {
  const asked = (await whoIsAsked(env)) ?? (isMcpClosed(env, dataDir) ? 'at mcp' : 'nobody');
  return { asked, isRunning: (await readStackFile(dataDir)).state === 'running' };
}

const hasAuthorization = (headers: unknown): boolean =>
  isObject(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');

/** A client over HTTP has no user of the operating system for a name. */
function keyHint(asked: WhoIsAsked): string {
  const add = 'add "headers": { "Authorization": "Bearer <key>" } to its entry';
  const create = `${program()} keys create --name NAME makes one`;
  if (asked === 'nobody')
    return `its client is anonymous to rules and on record; to give it a name, ${add}: ${create}, and from then on callers over REST and MCP over HTTP need one`;
  const make = asked === 'everybody' ? create : `${program()} keys add NAME makes one`;
  return `its client needs a key from now on: ${add}; ${make}`;
}

/**
 * What a person still has to see to for a server that is reached by an address: a key for its client, and what the server
 * itself wants, since the firewall sends it what stood in the entry and nothing else of a client.
 */
export function hintsFor(step: Step, { asked, isRunning }: Here): string[] {
  if (!('original' in step) || isText(step.original['command'])) return [];
  const written = step.to === 'none' ? step.entry.value : step.value;
  const upstream = upstreamOf(step.original);
  const variables = variablesOf(upstream);
  return [
    hasAuthorization(written['headers']) ? '' : keyHint(asked),
    step.to === 'proxy' && Object.keys(upstream['headers'] ?? {}).length === 0
      ? 'it is asked without credentials; where it wants some (401), unprotect the file, give the entry "headers" and protect it again: the firewall signs in nowhere'
      : '',
    variables.length > 0 ? `the firewall needs ${variables.join(', ')} in its own environment` : '',
    step.to === 'proxy' && !isRunning ? 'the firewall has to run before its client does' : '',
  ].filter((hint) => hint !== '');
}
