import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';

it('servers that their client reaches by its own word for "url" are put behind the firewall by that word', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-hunt-09-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { HOME: folder, AEGIS_DATA_DIR: join(folder, 'data'), MCP_PORT: '8123' };
  const file = join(folder, 'mcp.json');
  const headers = { 'X-Key': 'k' };
  const windsurf = { serverUrl: 'https://w.example/mcp', headers, disabled: false };
  const gemini = { httpUrl: 'https://g.example/mcp', timeout: 5 };
  const text = JSON.stringify({ mcpServers: { windsurf, gemini } });
  await writeFile(file, text);
  expect(await runAegis(['protect', file], { env, cwd: folder })).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    mcpServers: {
      windsurf: { serverUrl: 'http://127.0.0.1:8123/mcp/windsurf', disabled: false },
      gemini: { httpUrl: 'http://127.0.0.1:8123/mcp/gemini', timeout: 5 },
    },
  });
  expect(JSON.parse(await readFile(join(folder, 'mcp-servers.json'), 'utf8'))).toEqual({
    mcpServers: { windsurf: { url: windsurf.serverUrl, headers }, gemini: { url: gemini.httpUrl } },
  });
  expect(await runAegis(['unprotect', file], { env, cwd: folder })).toMatchObject({ code: 0 });
  expect(await readFile(file, 'utf8')).toBe(text);
});
