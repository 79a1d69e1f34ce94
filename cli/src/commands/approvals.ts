import { ApprovalStatus, Verdict } from '@aegis/contracts/approvals';
import { type Command, Option } from 'commander';
import { drawCode } from '../approvals/code.ts';
import { completeApproval } from '../approvals/complete.ts';
import { cancelApproval, decideApproval } from '../approvals/decide.ts';
import { listApprovals } from '../approvals/list.ts';
import { showApproval } from '../approvals/show.ts';
import { watchApprovals } from '../approvals/watch/watch.ts';
import { withCredential } from '../approver-credential.ts';
import type { Host } from '../host.ts';
import { parseCount } from '../option-parsers.ts';
import { runs } from './runs.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

const ID = ['<id>', 'approval id or run key'] as const;
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
      .action(runs(host, () => decideApproval(verdict)));
  }
  withCredential(approvals.command('code'))
    .description('approve by a code for this one call, which you tell to who asked')
    .argument(...ID)
    .option(...WHY)
    .action(runs(host, () => drawCode));
  approvals
    .command('cancel')
    .description('take a question back that was asked over REST')
    .argument(...ID)
    .option(...WHY)
    .action(runs(host, () => cancelApproval));
  withCredential(approvals.command('watch'))
    .description('what waits, live, and decide it with keys; without a terminal, a line for each change')
    .action(runs(host, () => watchApprovals));
}

/** `aegis approvals list|show|watch|approve|deny|code|cancel|complete`. */
export function registerApprovals(program: Command, host: Host): void {
  const approvals = program.command('approvals').description('see and decide what waits for a person');
  approvals
    .command('list')
    .description('list approvals, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(ApprovalStatus.options))
    .option('--limit <n>', 'at most so many', parseCount(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--before <next>', 'the page after the one that ended with this next')
    .action(runs(host, () => listApprovals));
  approvals
    .command('show')
    .description('show one approval')
    .argument(...ID)
    .action(runs(host, () => showApproval));
  registerDecisions(approvals, host);
  approvals
    .command('complete')
    .description('decide an approval: the right code approves, one drawn for it too, and a wrong one denies')
    .argument(...ID)
    .option('--code <code>', 'the code (default: APPROVAL_CODE, else asked for, else standard input)')
    .action(runs(host, () => completeApproval));
}
