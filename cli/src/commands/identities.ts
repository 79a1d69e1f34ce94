import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { collect, parseKeyName, parseLifetime } from '../option-parsers.ts';
import { runs } from './runs.ts';

const load = () => import('../keys/identities.ts');

/** `aegis identities`: who there is, and what they may do. */
export function registerIdentities(program: Command, host: Host): void {
  const identities = program.command('identities').description('who there is, and what they may do');
  identities
    .command('list')
    .description('list everybody, what they are and may do')
    .action(runs(host, async () => (await load()).showAll));
  identities
    .command('show')
    .description('show what somebody is and may do')
    .argument('<name>', 'who it is', parseKeyName)
    .action(runs(host, async () => (await load()).showOne));
  identities
    .command('roles')
    .description('give somebody roles, or take them away')
    .argument('<name>', 'who it is', parseKeyName)
    .option('--add <role>', 'a role to give; may be repeated', collect(parseKeyName))
    .option('--drop <role>', 'a role to take away; may be repeated', collect(parseKeyName))
    .action(runs(host, async () => (await load()).setRoles));
  identities
    .command('recover')
    .description('on the machine itself: make somebody an admin by a new key, whatever was lost')
    .argument(
      '<name>',
      'who it is; somebody of that name keeps what they are, and no key of before',
      parseKeyName,
    )
    .option('--expires <time>', 'how long the key is good, such as 12h or 90d', parseLifetime)
    .action(runs(host, async () => (await load()).recover));
}
