import { program } from '../../../relay/data-directory.js';
import { CliError } from '../../cli-error.ts';
import { gatewayAddress } from '../../gateway/address.ts';
import { isNobodyThere } from '../../gateway/is-nobody-there.ts';
import { fail, type Look, ok, warn } from './finding.ts';

const NAME = 'approvers';

/** Whether anybody can approve. Where no firewall answers, another look says so. */
export const lookAtApprovers: Look = async ({ url, env, stack }) => {
  if (url === undefined && !env['AEGIS_URL'] && stack.state !== 'running') return [];
  try {
    const { isNobody, damage } = await isNobodyThere(await gatewayAddress(url, env));
    if (!isNobody) return [ok(NAME, 'somebody can approve')];
    const run = `run "${program()} approve-here" in a terminal`;
    if (damage === undefined) return [warn(NAME, 'nobody can approve yet', run)];
    return [fail(NAME, `nobody can approve: ${damage}`, `mend the file, or move it away and ${run}`)];
  } catch (error) {
    if (error instanceof CliError) return [];
    throw error;
  }
};
