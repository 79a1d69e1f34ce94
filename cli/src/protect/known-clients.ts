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

/** Each client with its files: in the home folder, in a project's, in what editors keep, and elsewhere. */
function filesOf(home: string, cwd: string, settings: string, env: Env): Record<string, readonly string[]> {
  // These keep to the XDG folder on macOS, too.
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const both = (...path: string[]) => [join(home, ...path), join(cwd, ...path)];
  const editors = ['Code', 'Code - Insiders'].map((editor) => join(settings, editor, 'User'));
  const inEditors = (...path: string[]) => editors.map((user) => join(user, ...path));
  const openCode = ['opencode.json', 'opencode.jsonc'];
  return {
    'Claude Desktop': [join(settings, 'Claude', 'claude_desktop_config.json')],
    'Claude Code': [join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json'), join(cwd, '.mcp.json')],
    Cursor: both('.cursor', 'mcp.json'),
    'VS Code': [...inEditors('mcp.json'), ...inEditors('settings.json'), join(cwd, '.vscode', 'mcp.json')],
    Windsurf: [
      join(home, '.codeium', 'windsurf', 'mcp_config.json'),
      join(home, '.codeium', 'mcp_config.json'),
    ],
    'Gemini CLI': both('.gemini', 'settings.json'),
    Antigravity: [join(home, '.gemini', 'antigravity', 'mcp_config.json')],
    'Qwen Code': both('.qwen', 'settings.json'),
    Kiro: both('.kiro', 'settings', 'mcp.json'),
    Cline: inEditors('globalStorage', 'saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json'),
    'Roo Code': [
      ...inEditors('globalStorage', 'rooveterinaryinc.roo-cline', 'settings', 'mcp_settings.json'),
      join(cwd, '.roo', 'mcp.json'),
    ],
    'Copilot CLI': [join(home, '.copilot', 'mcp-config.json')],
    'LM Studio': [join(home, '.lmstudio', 'mcp.json')],
    'Amazon Q': [join(home, '.aws', 'amazonq', 'mcp.json'), join(cwd, '.amazonq', 'mcp.json')],
    Codex: [
      join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml'),
      join(cwd, '.codex', 'config.toml'),
    ],
    opencode: [join(config, 'opencode'), cwd].flatMap((folder) => openCode.map((name) => join(folder, name))),
    Zed: [join(config, 'zed', 'settings.json'), join(cwd, '.zed', 'settings.json')],
    goose: [join(config, 'goose', 'config.yaml')],
    Continue: [join(home, '.continue', 'config.yaml'), join(home, '.continue', 'config.json')],
  };
}

/** Where the clients that we know keep their servers: for the user, and for the project in `cwd`. */
export function knownClientFiles(
  cwd: string,
  env: Env,
  home: string = env['HOME'] || homedir(),
  platform: NodeJS.Platform = process.platform,
): readonly ClientFile[] {
  const files = filesOf(home, cwd, settingsFolder(platform, home, env), env);
  return Object.entries(files).flatMap(([client, paths]) =>
    [...new Set(paths)].map((path) => ({ client, path })),
  );
}
