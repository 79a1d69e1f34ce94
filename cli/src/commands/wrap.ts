import { type Command, Option } from 'commander';
import type { WrapOptions } from '../../relay/options.js';
import { parseDuration, parseServerName } from '../option-parsers.ts';

/** As the gate names them; written out, so that the help loads nothing of it. */
const RECORD_MODES = ['none', 'digest', 'redacted', 'full'];
const DEFAULT_HOLD_MS = 50_000;
const MAX_HOLD_MS = 3_600_000;

const EXAMPLE = `
Example: aegis wrap --name filesystem -- npx -y @modelcontextprotocol/server-filesystem /data
Rules see the server's tools as <name>.<tool>, such as filesystem.read_file. The exit code is the server's; 127 and 126
where it can't be started. Where no firewall runs from AEGIS_DATA_DIR, one is started in the background; "aegis down"
stops it.`;

/** `aegis wrap -- COMMAND`: what an MCP client starts in place of a server. Stdout carries the protocol and nothing else. */
export function registerWrap(program: Command): void {
  program
    .command('wrap')
    .description('run an MCP server over stdio with the firewall in front of it')
    .usage('--name <server> [options] -- <command> [args...]')
    .argument('<command>', 'the server; write -- before it')
    .argument('[args...]', 'its arguments')
    .requiredOption('--name <server>', "the server's name, as rules see it", parseServerName)
    .addOption(
      new Option('--hold <time>', 'how long a call waits for a person, such as 500ms, 50s or 2m')
        .argParser(parseDuration(MAX_HOLD_MS))
        .default(DEFAULT_HOLD_MS, '50s'),
    )
    .option('--show-denied', 'list tools that the policy denies too, marked')
    .addOption(
      new Option('--record <mode>', 'how arguments and results are kept in the record')
        .choices(RECORD_MODES)
        .default('redacted'),
    )
    .option(
      '--record-in-background',
      'send an allowed call while its record is still on the way: faster, and a crash can lose the record',
    )
    .option(
      '--server-env <name>',
      "a variable that is the server's alone: a firewall that is started here does not get it; may be repeated",
      (name: string, names: string[] | undefined) => [...(names ?? []), name],
    )
    .addHelpText('after', EXAMPLE)
    .action(async (command: string, args: string[], options: WrapOptions) => {
      const { wrap } = await import('../../relay/main.js');
      await wrap(command, args, options);
    });
}
