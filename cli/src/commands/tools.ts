import type { Command } from 'commander';
import { withCredential } from '../approver-credential.ts';
import type { Host } from '../host.ts';
import { parseDigest, parseServerName } from '../option-parsers.ts';
import { acceptTool } from '../tools/accept.ts';
import { listTools } from '../tools/list.ts';
import { runs } from './runs.ts';

/** `aegis tools list|accept`. */
export function registerTools(program: Command, host: Host): void {
  const tools = program
    .command('tools')
    .description('see and accept tools whose definition changed: their calls wait for a person');
  tools
    .command('list')
    .description('list changed tools, newest first')
    .action(runs(host, () => listTools));
  withCredential(tools.command('accept'))
    .description('accept the new definition of a tool; a wrong key or code accepts nothing')
    .argument('<server>', 'name of the server', parseServerName)
    .argument('<tool>', 'name of the tool')
    .option('--digest <digest>', 'this very definition (default: the only one that waits)', parseDigest)
    .action(runs(host, () => acceptTool));
}
