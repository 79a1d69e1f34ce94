import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { CALLS_AS, collect, parseKeyName } from '../option-parsers.ts';
import { runs } from './runs.ts';

const load = () => import('../approvers/approvers.ts');

/** `aegis approvers add|list|remove`: who may decide, each with a key of their own. */
export function registerApprovers(program: Command, host: Host): void {
  const approvers = program
    .command('approvers')
    .description('people who may decide, each with their own key');
  approvers
    .command('add')
    .description('make a key for an approver and show it once; its digest is kept')
    .argument('<name>', 'who it is; rules name them by it', parseKeyName)
    .option('--role <role>', 'what rules may name instead; may be repeated', collect(parseKeyName))
    .option(...CALLS_AS)
    .action(runs(host, async () => (await load()).addApprover));
  approvers
    .command('list')
    .description('list the approvers, their roles and the digests of their keys')
    .action(runs(host, async () => (await load()).listApprovers));
  approvers
    .command('remove')
    .description("make an approver's key worthless")
    .argument('<name>', 'who it is', parseKeyName)
    .action(runs(host, async () => (await load()).removeApprover));
}
