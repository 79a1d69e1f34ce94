import { type Identity, seedFile } from '@aegis/bus/law';
import { durationMs, type Env, logLevel } from '@aegis/kit/env';
import { z } from 'zod';
import { describeStack, notRunning } from '../gateway/address.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';

/** What a process on the agent's side reads of its environment beside where the bus is. */
export const AgentSideEnv = z.object({
  LOG_LEVEL: logLevel.default('warn'),
  REQUEST_TIMEOUT_MS: durationMs.default(1_500),
});

export type BusAddress = { readonly url: string; readonly seedPath: string | undefined };

/**
 * Where an identity finds the bus: `NATS_URL` with `NATS_NKEY_FILE`, else the stack that runs from the data directory,
 * else `NATS_URL` alone.
 * @throws CliError `stack_not_running` that says how to start it
 */
export async function busAddress(identity: Identity, env: Env): Promise<BusAddress> {
  const url = env['NATS_URL'];
  const seedPath = env['NATS_NKEY_FILE'];
  if (url && seedPath) return { url, seedPath };
  const dataDir = dataDirOf(env);
  const found = await readStackFile(dataDir);
  if (found.state === 'running') {
    return { url: found.stack.nats_url, seedPath: seedFile(found.stack.keys_dir, identity) };
  }
  if (url) return { url, seedPath: undefined };
  const complaint =
    describeStack(found, dataDir) ??
    `No AegisMCP runs from the data directory ${dataDir}: start it with "npm start", or set AEGIS_DATA_DIR to the directory of the one that runs.`;
  throw notRunning(complaint);
}
