import type { Env } from '@aegis/kit/env';
import { formerData, isBetween, startCommand } from '../../relay/data-directory.js';
import { type CliError, failure, wrongUsage } from '../cli-error.ts';
import { dataDirOf, type FoundStack, readStackFile, stackFilePath } from '../local/stack/stack-file.ts';

export const notRunning = (detail: string): CliError =>
  failure('stack_not_running', 'AegisMCP is not running', detail);

/** An http(s) address that ends with `/`, so that a path prefix stays. */
function parseBase(text: string, origin: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw wrongUsage(`${origin}: expected an address such as http://127.0.0.1:8000.`);
  }
  if (url.username || url.password) throw wrongUsage(`${origin}: an address with a password is refused.`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Where nobody ever started one, or it stopped as it should. `hint`: what else can be done, after a space. */
export const noneRuns = (dataDir: string, env: Env, hint = ''): CliError =>
  notRunning(
    `No AegisMCP runs from the data directory ${dataDir}: start it with "${startCommand()}", or set AEGIS_DATA_DIR to the directory of the one that runs.${hint}${formerData(env)}`,
  );

/** What is wrong with a stack file, in a sentence; undefined where nothing is. */
export function describeStack(found: FoundStack, dataDir: string): string | undefined {
  if (found.state === 'stale') {
    return `AegisMCP ran from the data directory ${dataDir} as process ${found.stack.pid} and is not running any more: start it with "${startCommand()}".`;
  }
  if (found.state === 'unreadable') {
    return `${stackFilePath(dataDir)} is not used (${found.why}): start AegisMCP with "${startCommand()}" as this user, or give --url.`;
  }
  if (found.state === 'between')
    return `${isBetween(dataDir, found.phase, found.pid)}, and does not answer now: try again in a moment.`;
  return undefined;
}

/**
 * The gateway to talk to: `--url`, else `AEGIS_URL`, else the stack that runs from the data directory. There is no usual
 * address: who listens there where none runs would get keys and codes, and could answer "allowed".
 *
 * @throws CliError where the address is not one, or no stack runs from the data directory
 */
export async function gatewayAddress(url: string | undefined, env: Env): Promise<URL> {
  if (url !== undefined) return parseBase(url, '--url');
  if (env['AEGIS_URL']) return parseBase(env['AEGIS_URL'], 'AEGIS_URL');
  const dataDir = dataDirOf(env);
  const found = await readStackFile(dataDir);
  if (found.state === 'running') return parseBase(found.stack.gateway_url, stackFilePath(dataDir));
  const complaint = describeStack(found, dataDir);
  if (complaint !== undefined) throw notRunning(complaint);
  throw noneRuns(
    dataDir,
    env,
    ' Where another one is meant, as in containers, name it by --url or AEGIS_URL.',
  );
}
