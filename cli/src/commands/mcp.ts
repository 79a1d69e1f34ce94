import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { runs } from './runs.ts';

/** `aegis mcp`: what an MCP client starts. Stdout carries the protocol and nothing else. */
export function registerMcp(program: Command, host: Host): void {
  program
    .command('mcp')
    .description('serve MCP on stdin and stdout, for the stack that runs from AEGIS_DATA_DIR')
    .action(runs(host, async () => (await import('../mcp/serve-mcp.ts')).serveMcp));
}
