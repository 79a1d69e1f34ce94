import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { runs } from './runs.ts';

/** `aegis doctor`: what is wrong with this installation, in words. */
export function registerDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description('say what is wrong with this installation and how to mend it')
    .action(runs(host, async () => (await import('../local/doctor/examine.ts')).examine));
}
