import { ApprovalStatus } from '@aegis/shared/contracts/approvals';
import { type Command, Option } from 'commander';
import { completeApproval } from '../approvals/complete.ts';
import { type ListOptions, listApprovals } from '../approvals/list.ts';
import { showApproval } from '../approvals/show.ts';
import type { GlobalOptions, Host } from '../host.ts';
import { parseCount } from '../option-parsers.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

/** `aegis approvals list|show|complete`. */
export function registerApprovals(program: Command, host: Host): void {
  const approvals = program.command('approvals').description('see and decide what waits for a person');
  approvals
    .command('list')
    .description('list approvals, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(ApprovalStatus.options))
    .option('--limit <n>', 'at most so many', parseCount(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--before <next>', 'the page after the one that ended with this next')
    .action(async (_: unknown, command: Command) => {
      host.exitCode = await listApprovals(host, command.optsWithGlobals<ListOptions>());
    });
  approvals
    .command('show')
    .description('show one approval')
    .argument('<id>', 'approval id or dry run id')
    .action(async (id: string, _: unknown, command: Command) => {
      host.exitCode = await showApproval(host, id, command.optsWithGlobals<GlobalOptions>());
    });
  approvals
    .command('complete')
    .description('decide an approval: the right code approves, a wrong one denies')
    .argument('<id>', 'approval id or dry run id')
    .option('--code <code>', 'the code (default: APPROVAL_CODE, else asked for, else standard input)')
    .action(async (id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { readonly code?: string }>();
      host.exitCode = await completeApproval(host, id, options);
    });
}
