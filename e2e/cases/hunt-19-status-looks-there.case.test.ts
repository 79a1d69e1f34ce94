import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';

const STDIO = '{"mcpServers":{"files":{"command":"srv"}}}';
const FILES = {
  '.cursor/mcp.json': STDIO,
  '.gemini/settings.json': STDIO,
  '.config/opencode/opencode.json': '{"mcp":{"files":{"type":"local","command":["srv"]}}}',
  '.codex/config.toml': '[mcp_servers.files]\ncommand = "srv"\n',
};

it('status in the home folder: each client is there once, and what it did not look into is no success', async () => {
  const home = await mkdtemp(join(tmpdir(), 'aegis-hunt-19-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const env = { HOME: home, AEGIS_DATA_DIR: join(home, 'data') };
  const status = async () => {
    const { code, stdout } = await runAegis(['status', '--json'], { env, cwd: home });
    return {
      code,
      said: JSON.parse(stdout) as Record<'servers' | 'not_looked_into', Record<string, unknown>[]>,
    };
  };
  await runAegis(['protect', join(home, '.cursor/mcp.json')], { env, cwd: home });
  const { code, said } = await status();
  expect(code).toBe(1);
  expect(said.servers.map(({ client, behind }) => [client, behind])).toEqual([
    ['Cursor', true],
    ['Gemini CLI', false],
    ['opencode', false],
  ]);
  expect(said.not_looked_into.map(({ client }) => client)).toEqual(['Codex']);
  await rm(join(home, '.gemini'), { recursive: true });
  await rm(join(home, '.config'), { recursive: true });
  expect((await status()).code).toBe(1);
  await rm(join(home, '.codex'), { recursive: true });
  expect((await status()).code).toBe(0);
});

it('status looks into every folder where the clients that it names keep files of names that nobody knows', async () => {
  const home = await mkdtemp(join(tmpdir(), 'aegis-hunt-19-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const files: Record<string, string> = {
    '.config/Code/User/profiles/-7a1f/mcp.json': '{"servers":{"of-profile":{"command":"srv"}}}',
    '.vscode-server/data/User/mcp.json': '{"servers":{"of-remote":{"command":"srv"}}}',
    '.config/Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json': STDIO,
    '.gemini/extensions/notes/gemini-extension.json': STDIO,
    '.claude/plugins/cache/market/plugin/1.0.0/.mcp.json': STDIO,
    '.config/Claude/Claude Extensions/ant.dir/manifest.json':
      '{"server":{"type":"node","mcp_config":{"command":"node","args":["x.js"]}}}',
    '.aws/amazonq/cli-agents/ops.json': STDIO,
    '.continue/mcpServers/local.json': STDIO,
    '.continue/mcpServers/local.yaml': 'mcpServers:\n  - name: x\n    command: srv\n',
    '.opencode/opencode.json': '{"mcp":{"x":{"type":"local","command":["srv"]}}}',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const env = { HOME: home, AEGIS_DATA_DIR: join(home, 'data') };
  const { code, stdout } = await runAegis(['status', '--json'], { env, cwd: home });
  const { servers, not_looked_into: others } = JSON.parse(stdout) as Record<string, { file: string }[]>;
  const seen = [...(servers ?? []), ...(others ?? [])].map(({ file }) => file.slice(home.length + 1));
  expect(seen.toSorted()).toEqual(Object.keys(files).toSorted());
  expect(code).toBe(1);
});
