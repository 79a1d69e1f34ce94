import { type Bus, connectBus } from '@aegis/bus';
import { type Identity, seedFile } from '@aegis/bus/law';
import { createLogger } from '@aegis/kit/logger';
import { earlierVersion } from '../../relay/data-directory.js';
import { describeStack, noneRuns, notRunning } from '../gateway/address.ts';
import type { Host } from '../host.ts';
import { dataDirOf, readStackFile, type Stack } from './stack/stack-file.ts';

/** A bus, and the key that opens it as one of its identities; the stack is undefined in a container. */
export type OwnBus = {
  readonly url: string;
  readonly seedPath: string;
  readonly identity: Identity;
  readonly stack: Stack | undefined;
};

/**
 * The bus, for whoever can read a service's own key of it: in its container as the environment says, else the one of the
 * stack that runs from the data directory.
 *
 * @throws CliError where none runs
 */
export async function ownBus({ env }: Pick<Host, 'env'>, identity: Identity): Promise<OwnBus> {
  const { NATS_URL: url, NATS_NKEY_FILE: seedPath } = env;
  if (url && seedPath) return { url, seedPath, identity, stack: undefined };
  const dataDir = dataDirOf(env);
  const found = await readStackFile(dataDir);
  if (found.state !== 'running') {
    const complaint = describeStack(found, dataDir);
    throw complaint === undefined ? noneRuns(dataDir, env) : notRunning(complaint);
  }
  const { stack } = found;
  if (stack.agent_address === undefined) throw notRunning(earlierVersion(dataDir, stack.pid));
  return { url: stack.nats_url, seedPath: seedFile(stack.keys_dir, identity), identity, stack };
}

/** @throws AppError `bus_unavailable` */
export const connectTo = ({ url, seedPath, identity }: OwnBus): Promise<Bus> =>
  connectBus({ url, identity, seedPath, log: createLogger('aegis', 'silent') });
