import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';

const SAID_WITHIN_MS = 1_000;

/** `aegis up`: the whole firewall on this machine. */
export function registerUp(program: Command, host: Host): void {
  program
    .command('up')
    .description('run the firewall here: a NATS server and the seven services, until Ctrl-C')
    .option('--background', 'start it in the background where none runs from AEGIS_DATA_DIR, and return')
    .addOption(new Option('--detached', 'as the process in the background').hideHelp())
    .action(async ({ background, detached }: { background?: true; detached?: true }) => {
      if (background) {
        const { upInBackground } = await import('../local/stack/up-in-background.ts');
        host.exitCode = await upInBackground(host);
        return;
      }
      const { up } = await import('../local/up/up.ts');
      try {
        host.exitCode = await up(host, detached === true);
        process.exit();
      } finally {
        // Whatever a start that failed could not let go of keeps the process no longer than its sentence needs.
        setTimeout(() => process.exit(), SAID_WITHIN_MS).unref();
      }
    });
}
