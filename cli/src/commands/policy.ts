import type { Command } from 'commander';
import type { GlobalOptions, Host } from '../host.ts';
import { type MigrateOptions, migrateFile } from '../policy-file/migrate-file.ts';
import { validateFile } from '../policy-file/validate-file.ts';

/** `aegis policy validate|migrate FILE`: on this machine alone, no stack needs to run. */
export function registerPolicy(program: Command, host: Host): void {
  const policy = program
    .command('policy')
    .description('check and migrate policy files; no stack needs to run');
  policy
    .command('validate')
    .description('check a policy file')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .action(async (file: string, _: unknown, command: Command) => {
      host.exitCode = await validateFile(host, file, command.optsWithGlobals<GlobalOptions>());
    });
  policy
    .command('migrate')
    .description('print a policy as version 2, YAML from YAML and JSON from JSON')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .option('--in-place', 'write the result into the file')
    .option('--backup', 'keep the file as FILE.bak first')
    .action(async (file: string, _: unknown, command: Command) => {
      host.exitCode = await migrateFile(host, file, command.optsWithGlobals<MigrateOptions>());
    });
}
