import { resolve } from 'node:path';
import { earlierVersion } from '../../../relay/data-directory.js';
import { notRunning } from '../../gateway/address.ts';
import type { ExitCode, Host } from '../../host.ts';
import { printNote } from '../../output.ts';
import { announcement } from './announcement.ts';
import { ensureStack } from './ensure-stack.ts';
import { dataDirOf } from './stack-file.ts';

/**
 * The stack of the data directory, started in the background where none runs, which stderr says then.
 *
 * @throws CliError one sentence that says why there is none, or none that speaks to what clients start
 */
export async function upInBackground(host: Host): Promise<ExitCode> {
  const { env } = host;
  const { stack, isNew } = await ensureStack(env);
  const dataDir = resolve(dataDirOf(env));
  if (stack.agent_address === undefined) throw notRunning(earlierVersion(dataDir, stack.pid));
  if (!isNew) return 0;
  for (const line of await announcement(stack, env, dataDir)) printNote(host, `aegis: ${line}`);
  return 0;
}
