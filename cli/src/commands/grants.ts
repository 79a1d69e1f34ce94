import { LEAST_GRANT_MINUTES, MOST_GRANT_MINUTES } from '@aegis/contracts/grant-minutes';
import type { Command } from 'commander';
import { withCredential } from '../approver-credential.ts';
import { giveGrant, listGrants, revokeGrant } from '../grants/grants.ts';
import type { Host } from '../host.ts';
import { parseCount } from '../option-parsers.ts';
import { runs } from './runs.ts';

/** `aegis grants list|give|revoke`. */
export function registerGrants(program: Command, host: Host): void {
  const grants = program.command('grants').description('what runs for a while without asking a person');
  withCredential(grants.command('list'))
    .description('list grants, newest first')
    .option('--active', 'only those that count now')
    .option('--no-active', 'only those that no longer do')
    .action(runs(host, () => listGrants));
  withCredential(grants.command('give'))
    .description('approve a call, and the very same call of that agent again for a while')
    .argument('<approval-id>', 'approval id or run key')
    .requiredOption(
      '--minutes <n>',
      'how long, up to a day',
      parseCount(LEAST_GRANT_MINUTES, MOST_GRANT_MINUTES),
    )
    .option('--reason <text>', 'why')
    .action(runs(host, () => giveGrant));
  withCredential(grants.command('revoke'))
    .description('end a grant: a person is asked again')
    .argument('<grant-id>', 'as "grants list" shows it')
    .action(runs(host, () => revokeGrant));
}
