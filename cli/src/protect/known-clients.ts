import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '@aegis/kit/env';

/** A file in which an MCP client keeps its servers. */
export type ClientFile = { readonly client: string; readonly path: string };

/** The folder that programs of this platform keep their settings in. */
function settingsFolder(platform: NodeJS.Platform, home: string, env: Env): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] || join(home, 'AppData', 'Roaming');
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}

/** Where the clients that we know keep their servers: for the user, and for the project in `cwd`. */
export function knownClientFiles(
  cwd: string,
  env: Env,
  home: string = homedir(),
  platform: NodeJS.Platform = process.platform,
): readonly ClientFile[] {
  const settings = settingsFolder(platform, home, env);
  const files = [
    { client: 'Claude Desktop', path: join(settings, 'Claude', 'claude_desktop_config.json') },
    { client: 'Claude Code', path: join(home, '.claude.json') },
    { client: 'Claude Code', path: join(cwd, '.mcp.json') },
    { client: 'Cursor', path: join(home, '.cursor', 'mcp.json') },
    { client: 'Cursor', path: join(cwd, '.cursor', 'mcp.json') },
    { client: 'VS Code', path: join(settings, 'Code', 'User', 'mcp.json') },
    { client: 'VS Code', path: join(cwd, '.vscode', 'mcp.json') },
    { client: 'Windsurf', path: join(home, '.codeium', 'windsurf', 'mcp_config.json') },
  ];
  return files.filter(({ path }, index) => files.findIndex((one) => one.path === path) === index);
}
