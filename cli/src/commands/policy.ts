import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { migrateFile } from '../policy-file/migrate-file.ts';
import { validateFile } from '../policy-file/validate-file.ts';
import { runs } from './runs.ts';

/** `aegis policy validate|migrate FILE`: no stack needs to run; where one does, `validate` asks what would end. */
export function registerPolicy(program: Command, host: Host): void {
  const policy = program
    .command('policy')
    .description('check and migrate policy files; no stack needs to run');
  policy
    .command('validate')
    .description('check a policy file, and say what it would end of what waits where a stack runs')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .action(runs(host, () => validateFile));
  policy
    .command('migrate')
    .description('print a policy as version 2, YAML from YAML and JSON from JSON')
    .argument('<file>', 'YAML or JSON; - reads standard input')
    .option('--in-place', 'write the result into the file')
    .option('--backup', 'keep the file as FILE.bak first')
    .action(runs(host, () => migrateFile));
}
