import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { GlobalOptions, Host } from '../host.ts';

/** `aegis protect FILE`, `aegis unprotect FILE`, `aegis status`: whole clients behind the firewall, and back. */
export function registerProtect(program: Command, host: Host): void {
  program
    .command('protect')
    .description("put every server of an MCP client's file behind the firewall; a copy of the file is kept")
    .argument('<file>', 'such as ~/.cursor/mcp.json, claude_desktop_config.json, .mcp.json, .vscode/mcp.json')
    .action(async (file: string, _: unknown, command: Command) => {
      const { protect } = await import('../protect/protect.ts');
      host.exitCode = await protect(host, resolve(file), command.optsWithGlobals<GlobalOptions>());
    });
  program
    .command('unprotect')
    .description("make an MCP client's file what it was")
    .argument('<file>', 'a file that was protected')
    .action(async (file: string, _: unknown, command: Command) => {
      const { unprotect } = await import('../protect/unprotect.ts');
      host.exitCode = await unprotect(host, resolve(file), command.optsWithGlobals<GlobalOptions>());
    });
  program
    .command('status')
    .description('which clients and servers are behind the firewall')
    .action(async (_: unknown, command: Command) => {
      const { showStatus } = await import('../protect/status.ts');
      host.exitCode = await showStatus(host, command.optsWithGlobals<GlobalOptions>());
    });
}
