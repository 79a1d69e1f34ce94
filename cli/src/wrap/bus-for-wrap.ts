import { resolve } from 'node:path';
import { seedFile } from '@aegis/bus/law';
import { DEFAULT_GATEWAY_URL } from '../gateway/address.ts';
import type { Host } from '../host.ts';
import { ensureStack } from '../local/stack/ensure-stack.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import { type BusAddress, busAddress } from '../mcp/bus-address.ts';
import { printNote } from '../output.ts';
import { announcement } from './announcement.ts';

export type WhereToAsk = BusAddress & {
  /** Where a person decides, without a slash at the end. */
  readonly gatewayUrl: string;
};

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/**
 * Where the firewall is for a server that is wrapped. Without `NATS_URL` it is the stack of the data directory, started
 * in the background where none runs, which stderr says then.
 *
 * @throws CliError one sentence that says why there is none
 */
export async function whereToAsk(host: Host): Promise<WhereToAsk> {
  const { env } = host;
  if (env['NATS_URL']) {
    const found = await readStackFile(dataDirOf(env));
    const known = found.state === 'running' ? found.stack.gateway_url : DEFAULT_GATEWAY_URL;
    return { ...(await busAddress('mcp', env)), gatewayUrl: withoutSlash(env['AEGIS_URL'] || known) };
  }
  const { stack, isNew } = await ensureStack(env);
  if (isNew) {
    const lines = announcement(stack, env, resolve(dataDirOf(env)));
    for (const line of lines) printNote(host, `aegis: ${line}`);
  }
  return {
    url: stack.nats_url,
    seedPath: seedFile(stack.keys_dir, 'mcp'),
    gatewayUrl: withoutSlash(env['AEGIS_URL'] || stack.gateway_url),
  };
}
