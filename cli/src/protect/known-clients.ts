import { join } from 'node:path';
import type { Env } from '@aegis/kit/env';
import { homeFolder } from '@aegis/kit/os-user';

/** A file in which an MCP client keeps its servers. */
export type ClientFile = { readonly client: string; readonly path: string };

/** The folder that programs of this platform keep their settings in. */
function settingsFolder(platform: NodeJS.Platform, home: string, env: Env): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return env['APPDATA'] || join(home, 'AppData', 'Roaming');
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}

/** Editors that VS Code's extensions run in; a remote one keeps its files in the home folder. */
const EDITORS = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf', 'Kiro'];
const REMOTE_EDITORS = ['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.windsurf-server'];
/** A folder of a path that is every one there is, of whatever name. */
export const EACH = '*';

/** Each client with its files: in the home folder, in a project's, in what editors keep, and elsewhere. */
function filesOf(home: string, cwd: string, settings: string, env: Env): Record<string, readonly string[]> {
  // These keep to the XDG folder on macOS, too.
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const claude = env['CLAUDE_CONFIG_DIR'] || join(home, '.claude');
  const both = (...path: string[]) => [join(home, ...path), join(cwd, ...path)];
  const users = [
    ...EDITORS.map((editor) => join(settings, editor, 'User')),
    ...REMOTE_EDITORS.map((editor) => join(home, editor, 'data', 'User')),
  ];
  const inEditors = (...path: string[]) => users.map((user) => join(user, ...path));
  const inStorage = (...path: string[]) => inEditors('globalStorage', ...path);
  return {
    'Claude Desktop': [
      join(settings, 'Claude', 'claude_desktop_config.json'),
      join(settings, 'Claude', 'Claude Extensions', EACH, 'manifest.json'),
    ],
    'Claude Code': [
      join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json'),
      join(cwd, '.mcp.json'),
      join(claude, 'plugins', 'cache', EACH, EACH, EACH, '.mcp.json'),
      '/etc/claude-code/managed-mcp.json',
      '/Library/Application Support/ClaudeCode/managed-mcp.json',
    ],
    Cursor: both('.cursor', 'mcp.json'),
    'VS Code': [
      ...inEditors('mcp.json'),
      ...inEditors('settings.json'),
      ...inEditors('profiles', EACH, 'mcp.json'),
      join(cwd, '.vscode', 'mcp.json'),
    ],
    Windsurf: [
      join(home, '.codeium', 'windsurf', 'mcp_config.json'),
      join(home, '.codeium', 'mcp_config.json'),
    ],
    'Gemini CLI': [
      ...both('.gemini', 'settings.json'),
      ...both('.gemini', 'extensions', EACH, 'gemini-extension.json'),
      '/etc/gemini-cli/settings.json',
    ],
    Antigravity: [join(home, '.gemini', 'antigravity', 'mcp_config.json')],
    'Qwen Code': [
      ...both('.qwen', 'settings.json'),
      ...both('.qwen', 'extensions', EACH, 'qwen-extension.json'),
    ],
    Kiro: both('.kiro', 'settings', 'mcp.json'),
    Cline: inStorage('saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json'),
    'Roo Code': [
      ...inStorage('rooveterinaryinc.roo-cline', 'settings', 'mcp_settings.json'),
      join(cwd, '.roo', 'mcp.json'),
    ],
    'Copilot CLI': [join(home, '.copilot', 'mcp-config.json')],
    'LM Studio': [join(home, '.lmstudio', 'mcp.json')],
    'Amazon Q': [
      join(home, '.aws', 'amazonq', 'mcp.json'),
      join(cwd, '.amazonq', 'mcp.json'),
      join(home, '.aws', 'amazonq', 'cli-agents', EACH),
      join(cwd, '.amazonq', 'cli-agents', EACH),
    ],
    Codex: [
      join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml'),
      join(cwd, '.codex', 'config.toml'),
    ],
    opencode: [
      ...[join(config, 'opencode'), cwd, join(cwd, '.opencode')].flatMap((folder) =>
        ['opencode.json', 'opencode.jsonc'].map((name) => join(folder, name)),
      ),
      join(config, 'opencode', 'config.json'),
    ],
    Zed: [join(config, 'zed', 'settings.json'), join(cwd, '.zed', 'settings.json')],
    goose: [join(config, 'goose', 'config.yaml')],
    Continue: [
      join(home, '.continue', 'config.yaml'),
      join(home, '.continue', 'config.json'),
      ...both('.continue', 'mcpServers', EACH),
    ],
  };
}

/**
 * Where the clients that we know keep their servers: for the user, for the project in `cwd`, and for all of this machine.
 * A path may have {@link EACH} in it.
 */
export function knownClientFiles(
  cwd: string,
  env: Env,
  home: string = homeFolder(env) ?? '/',
  platform: NodeJS.Platform = process.platform,
): readonly ClientFile[] {
  const files = filesOf(home, cwd, settingsFolder(platform, home, env), env);
  return Object.entries(files).flatMap(([client, paths]) =>
    [...new Set(paths)].map((path) => ({ client, path })),
  );
}
