import type { Command } from 'commander';
import type { GlobalOptions, Host } from '../host.ts';

/** `aegis down`: ends the stack of the data directory, such as one that `aegis wrap` started. */
export function registerDown(program: Command, host: Host): void {
  program
    .command('down')
    .description(
      'stop the firewall that runs from AEGIS_DATA_DIR, also one that "wrap" started in the background',
    )
    .action(async (_: unknown, command: Command) => {
      const { stopStack } = await import('../local/stack/stop-stack.ts');
      host.exitCode = await stopStack(host, command.optsWithGlobals<GlobalOptions>());
    });
}
