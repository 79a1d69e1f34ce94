import type { Command } from 'commander';
import type { GlobalOptions, Host } from '../host.ts';

/** `aegis doctor`: what is wrong with this installation, in words. */
export function registerDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description('say what is wrong with this installation and how to mend it')
    .action(async (_: unknown, command: Command) => {
      const { examine } = await import('../local/doctor/examine.ts');
      host.exitCode = await examine(host, command.optsWithGlobals<GlobalOptions>());
    });
}
