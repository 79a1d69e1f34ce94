import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { beforeEach, describe, expect, it } from 'vitest';
import { protect } from '../protect/protect.ts';
import { showStatus } from '../protect/status.ts';
import { unprotect } from '../protect/unprotect.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

/** As people write it: odd spaces, an emoji, no newline at the end. */
const CURSOR = `{
    "mcpServers":  { "files": {"command":"npx", "args": ["-y","@modelcontextprotocol/server-filesystem","/data"] },
      "git hub" : { "command": "docker", "args":["run","-i"], "env": { "TOKEN": "t-1 🙂" }, "disabled": false },
      "web": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer abc" } }
    }
}`;
const VSCODE = `{
\t// what the team uses
\t"servers": {
\t\t"files": { "type": "stdio", "command": "npx", "args": ["server"], },
\t},
}
`;

type Entry = { command?: string; args?: string[]; env?: Record<string, string>; url?: string };
const serversOf = async (file: string): Promise<Record<string, Entry>> => {
  const document = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true }) as {
    mcpServers?: Record<string, Entry>;
    servers?: Record<string, Entry>;
  };
  return document.mcpServers ?? document.servers ?? {};
};

let dir: string;
let env: Record<string, string>;
beforeEach(async () => {
  dir = await temporaryDirectory();
  env = {
    AEGIS_DATA_DIR: join(dir, 'data'),
    MCP_SERVERS: join(dir, 'mcp-servers.json'),
    POLICY_PATH: join(dir, 'policy.yml'),
    XDG_CONFIG_HOME: dir,
  };
  await writeFile(join(dir, 'policy.yml'), 'version: 2\nrules: []\n');
});

const write = async (name: string, text: string): Promise<string> => {
  const file = join(dir, name);
  await writeFile(file, text);
  return file;
};
const run = async (command: typeof protect, file: string) => {
  const host = fakeHost({ env });
  const code = await command(host, file, {});
  return { code, out: host.out() };
};

describe('aegis protect', () => {
  it('puts every server behind the firewall, and unprotect restores the file to the byte', async () => {
    const file = await write('mcp.json', CURSOR);
    const { code, out } = await run(protect, file);
    expect(code).toBe(0);
    expect(out).toContain('rules see its tools as git-hub.<tool>');
    const servers = await serversOf(file);
    const command = 'wrap --name files -- npx -y @modelcontextprotocol/server-filesystem /data';
    expect(servers['files']?.args?.slice(1)).toEqual(command.split(' '));
    expect(servers['git hub']?.env).toEqual({
      AEGIS_DATA_DIR: join(dir, 'data'),
      POLICY_PATH: join(dir, 'policy.yml'),
      MCP_SERVERS: join(dir, 'mcp-servers.json'),
      TOKEN: 't-1 🙂',
    });
    expect(servers['web']).toEqual({ url: 'http://127.0.0.1:8001/mcp/web' });
    expect(JSON.parse(await readFile(join(dir, 'mcp-servers.json'), 'utf8'))).toEqual({
      mcpServers: {
        web: { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer abc' } },
      },
    });
    expect((await run(unprotect, file)).out).toContain('to the byte');
    expect(await readFile(file, 'utf8')).toBe(CURSOR);
    expect(JSON.parse(await readFile(join(dir, 'mcp-servers.json'), 'utf8'))).toEqual({ mcpServers: {} });
  });

  it('keeps the comments of VS Code, and changes nothing the second time', async () => {
    const file = await write('vscode.json', VSCODE);
    await run(protect, file);
    const once = await readFile(file, 'utf8');
    expect(once).toContain('// what the team uses');
    expect((await serversOf(file))['files']).toMatchObject({ type: 'stdio', command: process.execPath });
    expect((await run(protect, file)).out).toContain('is as it was');
    expect(await readFile(file, 'utf8')).toBe(once);
    await run(unprotect, file);
    expect(await readFile(file, 'utf8')).toBe(VSCODE);
  });

  it('takes a server that was added later, and what was written since stays when it is undone', async () => {
    const file = await write('mcp.json', CURSOR);
    await run(protect, file);
    const later = (await readFile(file, 'utf8')).replace(
      '"web":',
      '"memory": { "command": "npx", "args": ["memory"] },\n      "web":',
    );
    await writeFile(file, later);
    await run(protect, file);
    expect((await serversOf(file))['memory']?.args).toContain('wrap');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/}\s*$/, ',\n "theme": "dark" }'));
    expect((await run(unprotect, file)).out).toContain('was changed since');
    const after = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(after['theme']).toBe('dark');
    const original = parse(CURSOR) as { mcpServers: object };
    expect(after['mcpServers']).toEqual({
      ...original.mcpServers,
      memory: { command: 'npx', args: ['memory'] },
    });
  });

  it('says which server it can not put behind the firewall, and why', async () => {
    const text = '{"mcpServers":{"old":{"type":"sse","url":"http://127.0.0.1:1/sse"},"odd":{}}}';
    const file = await write('mcp.json', text);
    const { code, out } = await run(protect, file);
    expect(code).toBe(1);
    expect(out).toContain('old: left as it is, because it speaks the older HTTP+SSE transport');
    expect(out).toContain('odd: left as it is, because it has neither a command nor a url');
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it.each([
    ['{"mcpServers": {', /line 1: /],
    ['{"theme": "dark"}', /has no "mcpServers"/],
    ['{"mcpServers": {"x": 1}}', /mcpServers\.x: expected an object/],
  ])('refuses %s and leaves the file alone', async (text, why) => {
    const file = await write('mcp.json', text);
    await expect(run(protect, file)).rejects.toThrow(why);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('aegis status', () => {
  it('says which servers are behind the firewall and which are not', async () => {
    const file = await write('mcp.json', CURSOR);
    await run(protect, file);
    const before = fakeHost({ env });
    await showStatus(before, { json: true });
    const seen = JSON.parse(before.out()) as {
      running: boolean;
      servers: { file: string; server: string; behind: boolean; name: string | null }[];
    };
    expect(seen.running).toBe(false);
    expect(seen.servers.filter((one) => one.file === file)).toEqual([
      { client: 'other', file, server: 'files', behind: true, name: 'files' },
      { client: 'other', file, server: 'git hub', behind: true, name: 'git-hub' },
      { client: 'other', file, server: 'web', behind: true, name: 'web' },
    ]);
    await write('mcp.json', CURSOR);
    const host = fakeHost({ env });
    expect(await showStatus(host, {})).toBe(1);
    expect(host.out()).toContain('does not run');
    expect(host.out()).toContain(`\tfiles\tNO\t\t${file}`);
  });
});
