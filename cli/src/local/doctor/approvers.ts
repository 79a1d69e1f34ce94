import { program } from '../../../relay/data-directory.js';
import { CliError } from '../../cli-error.ts';
import { gatewayAddress } from '../../gateway/address.ts';
import { isNobodyThere } from '../../gateway/is-nobody-there.ts';
import { type Look, ok, warn } from './finding.ts';

const NAME = 'approvers';

/** Whether anybody can approve. Where no firewall answers, another look says so. */
export const lookAtApprovers: Look = async ({ url, env, stack }) => {
  if (url === undefined && !env['AEGIS_URL'] && stack.state !== 'running') return [];
  try {
    return (await isNobodyThere(await gatewayAddress(url, env)))
      ? [warn(NAME, 'nobody can approve yet', `run "${program()} approve-here" in a terminal`)]
      : [ok(NAME, 'somebody can approve')];
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
};
