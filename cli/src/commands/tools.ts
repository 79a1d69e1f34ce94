import type { Command } from 'commander';
import type { GlobalOptions, Host } from '../host.ts';
import { parseDigest, parseServerName } from '../option-parsers.ts';
import { type AcceptOptions, acceptTool } from '../tools/accept.ts';
import { listTools } from '../tools/list.ts';

/** `aegis tools list|accept`. */
export function registerTools(program: Command, host: Host): void {
  const tools = program
    .command('tools')
    .description('see and accept tools whose definition changed: their calls wait for a person');
  tools
    .command('list')
    .description('list changed tools, newest first')
    .action(async (_: unknown, command: Command) => {
      host.exitCode = await listTools(host, command.optsWithGlobals<GlobalOptions>());
    });
  tools
    .command('accept')
    .description('accept the new definition of a tool; a wrong code accepts nothing')
    .argument('<server>', 'name of the server', parseServerName)
    .argument('<tool>', 'name of the tool')
    .option('--digest <digest>', 'this very definition (default: the only one that waits)', parseDigest)
    .option('--code <code>', 'the code (default: APPROVAL_CODE, else asked for, else standard input)')
    .action(async (server: string, tool: string, _: unknown, command: Command) => {
      host.exitCode = await acceptTool(host, server, tool, command.optsWithGlobals<AcceptOptions>());
    });
}
