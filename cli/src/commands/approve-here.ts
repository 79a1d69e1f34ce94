import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { runs } from './runs.ts';

/** `aegis approve-here`: the first approver, by a link that a person opens. */
export function registerApproveHere(program: Command, host: Host): void {
  program
    .command('approve-here')
    .description(
      'while there is no admin: print a link, at a terminal, that makes an approver and the first admin, once',
    )
    .action(runs(host, async () => (await import('../approvers/approve-here.ts')).approveHere));
}
