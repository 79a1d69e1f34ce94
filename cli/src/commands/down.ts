import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { runs } from './runs.ts';

/** `aegis down`: ends the stack of the data directory, such as one that `aegis wrap` started. */
export function registerDown(program: Command, host: Host): void {
  program
    .command('down')
    .description(
      'stop the firewall that runs from AEGIS_DATA_DIR, also one that "wrap" started in the background',
    )
    .action(runs(host, async () => (await import('../local/stack/stop-stack.ts')).stopStack));
}
