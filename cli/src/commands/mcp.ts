import type { Command } from 'commander';

/** `aegis mcp`: what an MCP client starts. Stdout carries the protocol and nothing else. */
export function registerMcp(program: Command): void {
  program
    .command('mcp')
    .description('serve MCP on stdin and stdout, for the stack that runs from AEGIS_DATA_DIR')
    .action(async () => {
      const { mcp } = await import('../../relay/main.js');
      await mcp();
    });
}
