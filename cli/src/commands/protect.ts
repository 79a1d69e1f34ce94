import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { runs } from './runs.ts';

const toPath = (file: string): string => resolve(file);

/** `aegis protect FILE`, `aegis unprotect FILE`, `aegis status`: whole clients behind the firewall, and back. */
export function registerProtect(program: Command, host: Host): void {
  program
    .command('protect')
    .description("put every server of an MCP client's file behind the firewall; a copy of the file is kept")
    .argument(
      '<file>',
      'such as ~/.cursor/mcp.json, claude_desktop_config.json, .mcp.json, .vscode/mcp.json',
      toPath,
    )
    .action(runs(host, async () => (await import('../protect/protect.ts')).protect));
  program
    .command('unprotect')
    .description("make an MCP client's file what it was")
    .argument('<file>', 'a file that was protected', toPath)
    .action(runs(host, async () => (await import('../protect/unprotect.ts')).unprotect));
  program
    .command('status')
    .description('which clients and servers are behind the firewall')
    .action(runs(host, async () => (await import('../protect/status.ts')).showStatus));
}
