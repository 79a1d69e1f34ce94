import type { Command } from 'commander';
import type { Host } from '../host.ts';

/** `aegis up`: the whole firewall on this machine. */
export function registerUp(program: Command, host: Host): void {
  program
    .command('up')
    .description('run the firewall here: a NATS server and the seven services, until Ctrl-C')
    .option('--background', 'start it in the background where none runs from AEGIS_DATA_DIR, and return')
    .action(async ({ background }: { background?: true }) => {
      if (background) {
        const { upInBackground } = await import('../local/stack/up-in-background.ts');
        host.exitCode = await upInBackground(host);
        return;
      }
      const { up } = await import('../local/up/up.ts');
      host.exitCode = await up(host);
      process.exit();
    });
}
