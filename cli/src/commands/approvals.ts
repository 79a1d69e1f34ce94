import { ApprovalStatus, Verdict } from '@aegis/contracts/approvals';
import { type Command, Option } from 'commander';
import { completeApproval } from '../approvals/complete.ts';
import { cancelApproval, decideApproval, type Reason } from '../approvals/decide.ts';
import { type ListOptions, listApprovals } from '../approvals/list.ts';
import { showApproval } from '../approvals/show.ts';
import { watchApprovals } from '../approvals/watch/watch.ts';
import { type ApproverOptions, withCredential } from '../approver-credential.ts';
import type { GlobalOptions, Host } from '../host.ts';
import { parseCount } from '../option-parsers.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

const ID = ['<id>', 'approval id or dry run id'] as const;
const WHY = ['--reason <text>', 'why'] as const;

function registerDecisions(approvals: Command, host: Host): void {
  for (const verdict of Verdict.options) {
    withCredential(approvals.command(verdict))
      .description(
        verdict === 'approve'
          ? 'approve; where it takes more people, it waits for them'
          : 'deny: it ends for everybody',
      )
      .argument(...ID)
      .option(...WHY)
      .action(async (id: string, _: unknown, command: Command) => {
        const options = command.optsWithGlobals<ApproverOptions & Reason>();
        host.exitCode = await decideApproval(host, id, verdict, options);
      });
  }
  approvals
    .command('cancel')
    .description('take a question back that was asked over REST')
    .argument(...ID)
    .option(...WHY)
    .action(async (id: string, _: unknown, command: Command) => {
      host.exitCode = await cancelApproval(host, id, command.optsWithGlobals<GlobalOptions & Reason>());
    });
  withCredential(approvals.command('watch'))
    .description('what waits, live, and decide it with keys; without a terminal, a line for each change')
    .action(async (_: unknown, command: Command) => {
      host.exitCode = await watchApprovals(host, command.optsWithGlobals<ApproverOptions>());
    });
}

/** `aegis approvals list|show|watch|approve|deny|cancel|complete`. */
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
    .argument(...ID)
    .action(async (id: string, _: unknown, command: Command) => {
      host.exitCode = await showApproval(host, id, command.optsWithGlobals<GlobalOptions>());
    });
  registerDecisions(approvals, host);
  approvals
    .command('complete')
    .description('decide an approval: the right code approves, a wrong one denies')
    .argument(...ID)
    .option('--code <code>', 'the code (default: APPROVAL_CODE, else asked for, else standard input)')
    .action(async (id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { readonly code?: string }>();
      host.exitCode = await completeApproval(host, id, options);
    });
}
