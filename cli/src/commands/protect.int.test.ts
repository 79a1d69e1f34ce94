import { hash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseServers } from '@aegis/firewall/servers';
import { parse } from 'jsonc-parser';
import { beforeEach, describe, expect, it } from 'vitest';
import { protect } from '../protect/protect.ts';
import { showStatus } from '../protect/status.ts';
import { unprotect } from '../protect/unprotect.ts';
import { run as cli } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

/** As people write it: odd spaces, an emoji, no newline at the end. */
const CURSOR = `{
    "mcpServers":  { "files": {"command":"npx", "args": ["-y","@modelcontextprotocol/server-filesystem","/data"] },
      "git hub" : { "command": "docker", "args":["run","-i"], "env": { "TOKEN": "t-1 🙂" }, "disabled": false },
      "web": { "url": "https://example.com/mcp", "headers": { "Authorization": "Bearer abc" } }
    }
}`;
const TWO_STDIO = '{"mcpServers":{"files":{"command":"npx","args":["files"]},"tools":{"command":"tools"}}}';
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
      AEGIS_SERVER_ENV_TOKEN: 't-1 🙂',
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
    ['{"servers": []}', /its "servers" is a list, and an object is wanted, with each server under its name/],
    ['{"mcpServers": "npx"}', /its "mcpServers" is a text, and an object is wanted/],
    ['{"mcp": {"servers": null}}', /its "mcp.servers" is null, and an object is wanted/],
    ['[{"command": "x"}]', /it is a list, and clients have an object with "mcpServers" in it/],
    ['7', /it is a number, and clients have an object/],
    ['', /it is empty/],
  ])('refuses %s and leaves the file alone', async (text, why) => {
    const file = await write('mcp.json', text);
    await expect(run(protect, file)).rejects.toThrow(why);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

const A = '{"mcpServers":{"a":{"command":"true"}}}';
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('one odd entry of a client’s file', () => {
  it.each([
    ['no object', 1, 'it is no object'],
    ['null', null, 'it is no object'],
    ['a list', ['npx'], 'it is no object'],
    ['args that are no text', { command: 'x', args: [1] }, 'its args are no list of texts'],
    ['ws://', { url: 'ws://127.0.0.1:9/mcp' }, "the firewall can't reach it (url: "],
    ['no scheme', { serverUrl: 'localhost:9/mcp' }, "the firewall can't reach it (serverUrl: "],
    ['a header that is a number', { url: 'http://127.0.0.1:9/mcp', headers: { A: 4 } }, '(headers.A: '],
    ['a sign-in', { httpUrl: 'http://127.0.0.1:9/mcp', oauth: { clientId: 'a' } }, 'brings its "oauth"'],
  ])('is left with the reason, and the others are put behind: %s', async (_, odd, why) => {
    const good = { command: 'x' };
    const web = { httpUrl: 'https://w.example/mcp', headers: { A: 'b' }, timeout: 5 };
    const text = JSON.stringify({ mcpServers: { good, odd, web } });
    const file = await write('mcp.json', text);
    const { code, out } = await run(protect, file);
    expect(code).toBe(1);
    expect(out).toContain('is NOT wholly behind the firewall: 1 of 3 servers is not:');
    expect(out).toContain(`odd: left as it is, because `);
    expect(out).toContain(why);
    expect(await serversOf(file)).toMatchObject({
      good: { command: process.execPath },
      web: { httpUrl: 'http://127.0.0.1:8001/mcp/web', timeout: 5 },
    });
    expect(JSON.stringify((await serversOf(file))['odd'])).toBe(JSON.stringify(odd));
    expect(parseServers(await readFile(env['MCP_SERVERS'] ?? '', 'utf8'))).toMatchObject({
      file: { problems: new Map() },
    });
    expect((await run(protect, file)).out).toContain('web: was behind it already');
    await run(unprotect, file);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('does not keep the servers file from being added to, whichever shape that has', async () => {
    const odd = { url: 'ws://a' };
    await writeFile(env['MCP_SERVERS'] ?? '', JSON.stringify({ servers: { odd, number: 1 }, inputs: [] }));
    const file = await write('mcp.json', '{"mcpServers":{"web":{"serverUrl":"https://w.example/mcp"}}}');
    expect((await run(protect, file)).code).toBe(0);
    const there: unknown = JSON.parse(await readFile(env['MCP_SERVERS'] ?? '', 'utf8'));
    expect(there).toEqual({ servers: { odd, number: 1, web: { url: 'https://w.example/mcp' } }, inputs: [] });
  });
});

const [OLD, NEW] = ['{"command":"old"}', '{"command":"new"}'];
describe('a client’s file with two things of one name', () => {
  it.each([
    ['mcp.json', `{"mcpServers":{"a":${OLD},\n"a":${NEW}}}`, 'line 2'],
    ['mcp.json', `{"mcpServers":{"a":${OLD}},\n\n"mcpServers":{"b":${NEW}}}`, 'line 3'],
    ['mcp.jsonc', `{ // mine\n "servers": {"a":${OLD},\n "\\u0061":${NEW},},\n}`, 'line 3'],
    ['settings.json', `{"mcp":{"servers":{}},\n"mcp":{"servers":{"a":${NEW}}}}`, 'line 2'],
    ['claude.json', `{"projects":{"/x":{"mcpServers":{"a":${OLD},\n"a":${NEW}}}},"mcpServers":{}}`, 'line 2'],
    ['projects.json', `{"projects":{"/x":{"mcpServers":{"a":${OLD}}},\n"/x":{"mcpServers":{}}}}`, 'line 2'],
    ['inside.json', `{"mcpServers":{"a":{"command":"x","env":{"A":"1",\n"A":"2"}}}}`, 'line 2'],
    ['folded.json', `{"mcpServers":{},"MCPServers":{"a":${NEW}}}`, 'another name to some clients'],
    ['config.toml', '[mcp_servers.a]\ncommand = "x"\n[mcp_servers.a]\ncommand = "y"\n', 'this is TOML'],
    ['config.yaml', 'mcpServers:\n  a: { command: x }\n  a: { command: y }\n', 'this is YAML'],
  ])(
    'is refused, with where, and stays as it was without a copy, however often: %s',
    async (name, text, where) => {
      const file = await write(name, text);
      for (const command of [protect, protect, unprotect]) {
        const refused = run(command, file);
        const so =
          command === protect
            ? 'is NOT behind the firewall'
            : 'is as it was, and nothing was taken out of it';
        await expect(refused).rejects.toThrow(`${name} ${so}: `);
        await expect(refused).rejects.toThrow(where);
      }
      expect(await readFile(file, 'utf8')).toBe(text);
      expect(await readdir(dir)).not.toContain(`${name}.before-aegis`);
    },
  );

  it('that only some clients take for one has all behind the firewall, and comes back to the byte', async () => {
    const names = ['notes', 'Notes', 'n otes', 'caf\u00e9', 'cafe\u0301'];
    const text = JSON.stringify({
      mcpServers: Object.fromEntries(names.map((name) => [name, { command: name }])),
    });
    const file = await write('mcp.json', text);
    expect((await run(protect, file)).code).toBe(0);
    expect(new Set(Object.values(await namesIn(file))).size).toBe(names.length);
    await run(unprotect, file);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('what lies at the name of the copy', () => {
  it.each([
    ['a link to another file', (copy: string) => symlink(join(dir, 'victim'), copy)],
    ['a link that leads nowhere yet', (copy: string) => symlink(join(dir, 'nothing'), copy)],
    ['a file of the user’s', (copy: string) => writeFile(copy, 'my own notes', { mode: 0o666 })],
    ['a folder', (copy: string) => mkdir(copy)],
  ])('is left alone, and so is the client’s file: %s', async (_, plant) => {
    await writeFile(join(dir, 'victim'), 'mine');
    const file = await write('mcp.json', A);
    await plant(`${file}.before-aegis`);
    const names = await readdir(dir);
    await expect(run(protect, file)).rejects.toThrow(/mcp\.json is NOT behind the firewall: .*move it away/);
    expect(await readFile(file, 'utf8')).toBe(A);
    expect(await readFile(join(dir, 'victim'), 'utf8')).toBe('mine');
    expect((await readdir(dir)).filter((name) => name !== 'data')).toEqual(names);
  });

  it('put there after it was protected does not come back by unprotect', async () => {
    const file = await write('mcp.json', A);
    await run(protect, file);
    await rm(`${file}.before-aegis`);
    await writeFile(`${file}.before-aegis`, A.replace('true', 'evil'));
    expect((await run(unprotect, file)).out).toContain('its servers are what they were');
    expect((await serversOf(file))['a']).toEqual({ command: 'true' });
    expect(await readFile(`${file}.before-aegis`, 'utf8')).toContain('evil');
  });

  it('is for its owner alone, and so are the servers that moved', async () => {
    const web = '{"mcpServers":{"z":{"url":"https://z.example/mcp","headers":{"Authorization":"SECRET"}}}}';
    const file = await write('mcp.json', web);
    await writeFile(env['MCP_SERVERS'] ?? '', '{"mcpServers":{}}', { mode: 0o644 });
    await run(protect, file);
    const paths = [`${file}.before-aegis`, env['MCP_SERVERS'] ?? '', join(dir, 'data', 'clients.json')];
    expect(await Promise.all(paths.map(modeOf))).toEqual([0o600, 0o600, 0o600]);
  });
});

describe('a file that is', () => {
  it.each([
    ['with a byte order mark and CRLF', `\uFEFF{\r\n  "mcpServers": {"a": {"command": "true"}}\r\n}\r\n`],
    ['of CRLF and comments', '{\r\n\t// mine\r\n\t"servers": {"a": {"command": "true",},},\r\n}'],
    [
      'a server whose name is odd',
      '{"mcpServers":{"constructor":{"command":"x"},"a\\"b \\u2028":{"command":"y"}}}',
    ],
  ])('%s comes back to the byte', async (_, text) => {
    const file = await write('mcp.json', text);
    expect((await run(protect, file)).code).toBe(0);
    const written = await readFile(file, 'utf8');
    expect(written.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
    expect(/[^\r]\n/.test(written)).toBe(!text.includes('\r\n'));
    expect((await run(unprotect, file)).out).toContain('to the byte');
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('a link stays one, and the copy is beside what it leads to', async () => {
    await mkdir(join(dir, 'dotfiles'));
    const real = join(dir, 'dotfiles', 'mcp.json');
    await writeFile(real, A);
    const link = join(dir, 'mcp.json');
    await symlink(real, link);
    await run(protect, link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(`${real}.before-aegis`, 'utf8')).toBe(A);
    expect((await run(unprotect, link)).out).toContain('to the byte');
    expect(await readFile(real, 'utf8')).toBe(A);
  });
});

/** Names in the file of servers. */
const serversThere = async () =>
  Object.keys(
    (JSON.parse(await readFile(env['MCP_SERVERS'] ?? '', 'utf8')) as { mcpServers: object }).mcpServers,
  );

it('many that run at once lose no server and no file', async () => {
  const ids = Array.from({ length: 6 }, (_, n) => `s${n}`);
  const files = await Promise.all(
    ids.map((id) => write(`${id}.json`, `{"mcpServers":{"${id}":{"url":"https://${id}.example/mcp"}}}`)),
  );
  expect((await Promise.all(files.map((file) => run(protect, file)))).map(({ code }) => code)).toEqual(
    ids.map(() => 0),
  );
  expect((await serversThere()).toSorted()).toEqual(ids);
  const known = JSON.parse(await readFile(join(dir, 'data', 'clients.json'), 'utf8')) as object;
  expect(Object.keys(known).toSorted()).toEqual(files.toSorted());
  await Promise.all(files.map((file) => run(unprotect, file)));
  expect(await serversThere()).toEqual([]);
});

/** The name in rules of each server of a protected file. */
const namesIn = async (file: string): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(await serversOf(file)).map(([server, { args, url }]) => [
      server,
      args?.[(args.indexOf('--name') + args.length + 1) % args.length] ?? url?.split('/').at(-1),
    ]),
  );

describe('a server gets a name that rules can use', () => {
  it.each([
    ['@scope/pkg', 'scope-pkg'],
    ['über', 'ber'],
    ['(x)', 'x-'],
    ['-x', 'x'],
    ['--', 'server'],
    ['', 'server'],
    ['日本', 'server'],
    ['🙂🙂', 'server'],
    ['-__proto__', '__proto__-2'],
  ])('whatever it is called: %s', async (server, name) => {
    for (const one of [{ command: 'x' }, { url: 'https://x.example/mcp' }]) {
      const text = JSON.stringify({ mcpServers: { [server]: one } });
      const file = await write('mcp.json', text);
      expect((await run(protect, file)).code).toBe(0);
      expect(await namesIn(file)).toEqual({ [server]: name });
      await run(unprotect, file);
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });

  it('of its own, where nothing is left of several', async () => {
    const mcpServers = { 日本: { command: 'x' }, 東京: { command: 'y' }, server: { command: 'z' } };
    const file = await write('mcp.json', JSON.stringify({ mcpServers }));
    expect((await run(protect, file)).code).toBe(0);
    expect(new Set(Object.values(await namesIn(file)))).toEqual(new Set(['server', 'server-2', 'server-3']));
  });
});

const inFile = (name: string, mcpServers: object): Promise<string> =>
  write(name, JSON.stringify({ mcpServers }));

describe('rules and pins are by name, so', () => {
  it.each([
    ['arguments', { command: 'x', args: ['/b'] }],
    ['a command', { command: 'y', args: ['/a'] }],
    ['variables', { command: 'x', args: ['/a'], env: { ACCOUNT: 'b' } }],
    ['a folder', { command: 'x', args: ['/a'], cwd: '/b' }],
    ['an address', { url: 'https://b.example/mcp' }],
  ])('another server of another file, with %s of its own, gets another name', async (_, other) => {
    const first = await inFile('first.json', { fs: { command: 'x', args: ['/a'] } });
    const second = await inFile('second.json', { fs: other });
    await run(protect, first);
    expect((await run(protect, second)).code).toBe(0);
    expect([await namesIn(first), await namesIn(second)]).toEqual([{ fs: 'fs' }, { fs: 'fs-2' }]);
    const third = await inFile('third.json', { fs: { command: 'x', args: ['/c'] } });
    await run(protect, third);
    expect(await namesIn(third)).toEqual({ fs: 'fs-3' });
    expect((await run(protect, second)).out).toContain('is behind the firewall already');
  });

  it('the same server has one name in all files, which an address does not take', async () => {
    const same = { command: 'x', args: ['/a'], env: { T: 't', U: 'u' } };
    const first = await inFile('first.json', { fs: { disabled: false, ...same } });
    const second = await inFile('second.json', { fs: { ...same, env: { U: 'u', T: 't' } } });
    for (const file of [first, second]) await run(protect, file);
    expect([await namesIn(first), await namesIn(second)]).toEqual([{ fs: 'fs' }, { fs: 'fs' }]);
    await writeFile(
      second,
      (await readFile(second, 'utf8')).replace('"fs"', '"web":{"url":"https://w/mcp"},"fs"'),
    );
    await run(protect, second);
    expect(await namesIn(second)).toEqual({ fs: 'fs', web: 'web' });
  });

  it('what an earlier version protected under one name keeps it', async () => {
    const [first, second] = [
      await inFile('first.json', { fs: { command: 'x' } }),
      await inFile('second.json', { fs: { command: 'y', env: { T: 't' } } }),
    ];
    for (const file of [first, second]) await run(protect, file);
    const before = (await readFile(second, 'utf8')).replace('"fs-2"', '"fs"');
    const older = before.replace('AEGIS_SERVER_ENV_T', 'T');
    for (const text of [before, older, older.replace('"--",', '"--server-env=T", "--",')]) {
      await writeFile(second, text);
      expect((await run(protect, second)).code).toBe(0);
      expect(await namesIn(second)).toEqual({ fs: 'fs' });
    }
  });
});

describe('a server behind an address', () => {
  const WEB = '{"mcpServers":{"web":{"url":"https://w.example/mcp"}}}';

  it.each([WEB, WEB.replace('}}}', ',"headers":{}}}}')])(
    'without headers is asked without credentials, by a firewall that has to run: both are said of %s',
    async (text) => {
      const { out } = await run(protect, await write('mcp.json', text));
      expect(out).toContain('it is asked without credentials');
      expect(out).toContain('the firewall has to run before its client does');
      expect(out).not.toContain('needs a key');
    },
  );

  it('needs a key of its client once there are keys, which is said until the entry has one', async () => {
    await mkdir(join(dir, 'data'));
    await writeFile(join(dir, 'data', 'mcp-keys.json'), '{"keys":{}}');
    const file = await write('mcp.json', WEB);
    for (const _ of ['at first', 'again'])
      expect((await run(protect, file)).out).toContain(
        'its client needs a key from now on: add "headers": { "Authorization": "Bearer <key>" } to its entry',
      );
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"url"', '"headers":{"authorization":"Bearer k"},"url"'));
    const { code, out } = await run(protect, file);
    expect([code, out]).toEqual([0, expect.not.stringContaining('needs a key')]);
  });

  it('names the variables that the firewall has to have', async () => {
    const headers = { Authorization: 'Bearer ${env:SHOP_TOKEN}', Team: '${TEAM:-blue}' };
    const text = JSON.stringify({ mcpServers: { web: { url: 'https://w.example/mcp', headers } } });
    const { out } = await run(protect, await write('mcp.json', text));
    expect(out).toContain('the firewall needs SHOP_TOKEN in its own environment');
    expect(out).not.toContain('without credentials');
  });

  it('comes out with its own address and headers under its own key, and not with the key for the firewall', async () => {
    const entry = { serverUrl: 'https://w.example/mcp', headers: { 'X-Key': 'k' }, disabled: false };
    const file = await write('mcp.json', JSON.stringify({ mcpServers: { web: entry } }));
    await run(protect, file);
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace('"serverUrl"', '"headers":{"Authorization":"Bearer aegis"},"serverUrl"'),
    );
    await rm(`${file}.before-aegis`);
    await run(unprotect, file);
    expect((await serversOf(file))['web']).toEqual(entry);
  });

  it('that the firewall does not serve is none behind it, though it moved', async () => {
    const file = await write('mcp.json', WEB);
    await run(protect, file);
    await writeFile(env['MCP_SERVERS'] ?? '', '{"mcpServers":{"web":{"url":"ws://w.example"}}}');
    expect(await behind(file)).toEqual([false]);
    const { code, out } = await run(protect, file);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('is none that the firewall serves (url: expected'),
    ]);
  });
});

describe('the copy of a file that was changed since', () => {
  it('stays when the file is taken out, which says where, and gives way to that of the next time', async () => {
    const file = await write('mcp.json', A);
    await run(protect, file);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/}\s*$/, ',"theme":"dark"}'));
    const { code, out } = await run(unprotect, file);
    expect([code, out]).toEqual([0, expect.stringContaining(`it is kept in ${file}.before-aegis.`)]);
    expect(await readFile(`${file}.before-aegis`, 'utf8')).toBe(A);
    const between = await readFile(file, 'utf8');
    expect((await run(protect, file)).code).toBe(0);
    expect(await readFile(`${file}.before-aegis`, 'utf8')).toBe(between);
    expect((await run(unprotect, file)).out).toContain('to the byte');
    expect(await readFile(file, 'utf8')).toBe(between);
    expect(await readdir(dir)).not.toContain('mcp.json.before-aegis');
  });
});

/** As earlier versions wrote the entry and remembered the file. */
async function ofBefore(words: string): Promise<{ file: string; text: string; original: string }> {
  const original = '{"mcpServers":{"a":{"command":"true","env":{"TOKEN":"t"}}}}';
  const file = await write('mcp.json', original);
  await run(protect, file);
  const text = (await readFile(file, 'utf8'))
    .replace('AEGIS_SERVER_ENV_TOKEN', 'TOKEN')
    .replace('"--",', `${words}"--",`);
  await writeFile(file, text);
  const written = `sha256:${hash('sha256', text, 'hex')}`;
  await writeFile(join(dir, 'data', 'clients.json'), JSON.stringify({ [file]: { written } }));
  return { file, text, original };
}
const saidBy = async (command: 'status' | 'doctor') => {
  const host = fakeHost({ env: { ...env, HOME: dir } });
  await cli(host, [command]);
  return host.out();
};
/** What status says of each server of a file. */
const behind = async (file: string) => {
  const host = fakeHost({ env });
  await showStatus(host, { json: true });
  const { servers } = JSON.parse(host.out()) as { servers: { file: string; behind: boolean }[] };
  return servers.filter((one) => one.file === file).map((one) => one.behind);
};

describe.each([
  ['the first', ''],
  ['one that named variables', '"--server-env=TOKEN", '],
])('a file that an earlier version protected, %s,', (_, words) => {
  it('is behind the firewall, and is written anew by the next run, with its options', async () => {
    const { file, text } = await ofBefore(words);
    expect(await behind(file)).toEqual([true]);
    await writeFile(file, text.replace('"a",', '"a", "--hold", "2m",'));
    expect((await run(protect, file)).code).toBe(0);
    const args = (await serversOf(file))['a']?.args?.slice(1).join(' ');
    expect(args).toBe('wrap --name a --hold 2m -- true');
    expect(Object.keys((await serversOf(file))['a']?.env ?? {})).toContain('AEGIS_SERVER_ENV_TOKEN');
    expect(await behind(file)).toEqual([true]);
  });

  it('is told to be written anew where a firewall that is started for it gets its variables', async () => {
    const { file } = await ofBefore(words);
    const shares = `a of ${file} is behind it as an earlier version wrote it: a firewall that is started for it gets its variables, too (TOKEN)`;
    const mend = `run "npx aegis protect ${file}" again`;
    const isSaid = words === '';
    expect((await saidBy('status')).includes(`${shares}; ${mend}.\n`)).toBe(isSaid);
    expect((await saidBy('doctor')).includes(`warn  clients: ${shares}\n      to mend: ${mend}\n`)).toBe(
      isSaid,
    );
    await run(protect, file);
    for (const command of ['status', 'doctor'] as const)
      expect(await saidBy(command)).not.toContain('earlier version');
  });

  it('comes back to the byte', async () => {
    const { file, original } = await ofBefore(words);
    expect((await run(unprotect, file)).out).toContain('to the byte');
    expect(await readFile(file, 'utf8')).toBe(original);
  });
});

/** A home with these files, and what status says there. */
async function statusOf(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  env = { ...env, HOME: dir, XDG_CONFIG_HOME: join(dir, '.config') };
  const host = fakeHost({ env });
  const code = await showStatus(host, { json: true });
  const said = JSON.parse(host.out()) as {
    servers: { client: string; server: string; behind: boolean; file: string }[];
    unreadable: { file: string }[];
    not_looked_into: { client: string; why: string }[];
  };
  return { code, ...said };
}
describe('aegis status, in a home of many clients', () => {
  const STDIO = '{"mcpServers":{"files":{"command":"srv"}}}';

  it('each client’s servers are seen, where they are taken by protect and where they are not', async () => {
    const { code, servers, unreadable } = await statusOf({
      '.gemini/settings.json': STDIO,
      '.copilot/mcp-config.json': STDIO,
      '.kiro/settings/mcp.json': STDIO,
      '.config/opencode/opencode.jsonc': '{"mcp":{"files":{"type":"local","command":["srv"]}}} // mine',
      '.config/zed/settings.json':
        '{"context_servers":{"files":{"command":"srv"}},"agent_servers":{"x":{"command":"y"}}}',
      '.config/Code/User/settings.json':
        '{"editor.fontSize": 12, "mcp": {"servers": {"files": {"command": "x"}}}}',
    });
    expect([code, unreadable]).toEqual([1, []]);
    expect(servers.map(({ client, server, behind: is }) => [client, server, is])).toEqual(
      ['VS Code', 'Gemini CLI', 'Kiro', 'Copilot CLI', 'opencode', 'Zed'].map((client) => [
        client,
        'files',
        false,
      ]),
    );
  });

  it('files of other formats are not looked into, and said, unless they have no servers', async () => {
    const { code, not_looked_into: notLookedInto } = await statusOf({
      '.codex/config.toml': '[mcp_servers.files]\ncommand = "srv"\n',
      '.config/goose/config.yaml': 'extensions:\n  files: { cmd: srv }\n',
    });
    expect(code).toBe(1);
    expect(notLookedInto.map(({ client, why }) => [client, why])).toEqual([
      ['Codex', 'it is TOML, which status does not read'],
      ['goose', 'it is YAML, which status does not read'],
    ]);
    await rm(join(dir, '.config/goose/config.yaml'));
    expect(await statusOf({ '.codex/config.toml': 'model = "x"\n' })).toMatchObject({ code: 0, servers: [] });
  });

  it('one file is one row, however many names it has; what can’t be read is no success', async () => {
    await write('real.json', STDIO);
    await run(protect, join(dir, 'real.json'));
    await mkdir(join(dir, '.cursor'));
    await symlink(join(dir, 'real.json'), join(dir, '.cursor', 'mcp.json'));
    const once = await statusOf({});
    expect([once.code, once.servers.map(({ client, behind: is }) => [client, is])]).toEqual([
      0,
      [['Cursor', true]],
    ]);
    const home = await statusOf({ '.gemini/settings.json': '{' });
    expect([home.code, home.unreadable.length, home.servers.length]).toEqual([1, 1, 1]);
    await rm(join(dir, '.gemini/settings.json'));
    await symlink(join(dir, 'nowhere'), join(dir, '.gemini', 'settings.json'));
    expect(await statusOf({})).toMatchObject({
      code: 1,
      unreadable: [{ file: join(dir, '.gemini/settings.json') }],
    });
  });
});

describe('aegis status', () => {
  it('says first what is not behind the firewall, and why', async () => {
    const file = await write('mcp.json', A);
    await run(protect, file);
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(
        '"AEGIS_DATA_DIR"',
        '"AEGIS_AGENT_ADDRESS":"unix:/x","AEGIS_DATA_DIR"',
      ),
    );
    const host = fakeHost({ env });
    expect(await showStatus(host, {})).toBe(1);
    expect(host.out()).toMatch(/^\d+ of \d+ servers? here (?:is|are) NOT behind the firewall[.,]/);
    expect(host.out()).toContain(`a of ${file} is NOT behind it, because its env sets AEGIS_AGENT_ADDRESS`);
    await writeFile(file, '{');
    const broken = fakeHost({ env });
    expect(await showStatus(broken, {})).toBe(1);
    expect(broken.out().split('\n')[0]).toMatch(/\d+ of the files can't be read\.$/);
  });

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

/** A client's file behind a firewall, and the environment of another folder's. */
async function behindAnother() {
  const file = await write('mcp.json', TWO_STDIO);
  await mkdir(join(dir, '.cursor'));
  await symlink(file, join(dir, '.cursor', 'mcp.json'));
  const there = {
    ...env,
    AEGIS_DATA_DIR: join(dir, 'data'),
    HOME: dir,
    XDG_CONFIG_HOME: join(dir, '.config'),
  };
  await protect(fakeHost({ env: there }), file, {});
  const here = { ...there, AEGIS_DATA_DIR: join(dir, 'elsewhere') };
  return { file, here, dataDir: there.AEGIS_DATA_DIR };
}

describe('a file behind another firewall', () => {
  it('is said by status to be behind that one, with its data directory, and not behind this one', async () => {
    const { here, dataDir } = await behindAnother();
    const host = fakeHost({ env: here });
    expect(await showStatus(host, {})).toBe(1);
    expect(host.out().split('\n')[0]).toBe('2 of 2 servers here are behind another firewall.');
    expect(host.out()).toMatch(/\tfiles\tanother\t/);
    expect(host.out()).toContain(`is behind another firewall: ${dataDir}. To ask that one: AEGIS_DATA_DIR=`);
    expect(host.out()).not.toContain('NOT behind');
    const machine = fakeHost({ env: here });
    await showStatus(machine, { json: true });
    expect(JSON.parse(machine.out())).toMatchObject({
      servers: [
        { server: 'files', behind: false, other_firewall: dataDir },
        { server: 'tools', behind: false, other_firewall: dataDir },
      ],
    });
  });

  it.each([
    ['taken out', unprotect],
    ['taken over', protect],
  ])('is not %s here, where it is on record there, and is told how', async (_, command) => {
    const { file, here, dataDir } = await behindAnother();
    const before = await readFile(file, 'utf8');
    await expect(command(fakeHost({ env: here }), file, {})).rejects.toThrow(
      `${file} is behind another firewall, of ${dataDir}, and is as it was. To take it out there: AEGIS_DATA_DIR=${dataDir} `,
    );
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('that has it no more on record is put behind this one, which says where it was, and is taken out', async () => {
    const { file, here, dataDir } = await behindAnother();
    await rm(join(dataDir, 'clients.json'));
    await rm(`${file}.before-aegis`);
    const host = fakeHost({ env: here });
    expect(await protect(host, file, {})).toBe(0);
    expect(host.out()).toContain(
      `files: was behind another firewall (${dataDir}), and is behind this one now (${here.AEGIS_DATA_DIR}); rules`,
    );
    const there = fakeHost({ env: { ...here, AEGIS_DATA_DIR: dataDir } });
    expect(await showStatus(there, {})).toBe(1);
    expect(there.out()).toContain(`is behind another firewall: ${here.AEGIS_DATA_DIR}.`);
    await unprotect(fakeHost({ env: here }), file, {});
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(TWO_STDIO));
  });
});

it('refuses while another user’s firewall is named, and leaves the file as it is', async () => {
  const file = await write('cursor.json', CURSOR);
  const elsewhere = {
    ...env,
    AEGIS_AGENT_ADDRESS: 'unix:/run/aegismcp/agent.sock',
    AEGIS_AGENT_KEY: 'aegis_x',
  };
  await expect(protect(fakeHost({ env: elsewhere }), file, {})).rejects.toThrow(
    /^AEGIS_AGENT_ADDRESS is set, .*docs\/own-user\.md/,
  );
  expect(await readFile(file, 'utf8')).toBe(CURSOR);
});

describe('a file that can’t be told', () => {
  it.each([
    ['config.toml', '[mcp_servers.a]\n', 'this is TOML, which protect never writes'],
    ['config.yaml', 'mcpServers:\n', 'this is YAML, which protect never writes'],
    [
      'mcp.json',
      '{"mcpServers": {"a": {"command": "x}}}',
      'line 1: column 34 begins a text that nothing ends',
    ],
  ])('unprotect says so of %s, and nothing of protect’s', async (name, text, why) => {
    const file = await write(name, text);
    const refused = run(unprotect, file);
    await expect(refused).rejects.toThrow(`${file} is as it was, and nothing was taken out of it: ${why}`);
    await expect(refused).rejects.not.toThrow('NOT behind');
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('status does not say what it does not know', async () => {
    const file = await write('mcp.json', A);
    await run(protect, file);
    await writeFile(file, '{"mcpServers": {');
    const host = fakeHost({ env });
    await showStatus(host, {});
    expect(host.out()).toContain(
      `Whether the servers of ${file} are behind the firewall is not known: line 1: `,
    );
    expect(host.out()).not.toContain('It is as it was');
  });

  it.each([
    ['protect', protect],
    ['unprotect', unprotect],
  ] as const)('%s says in words why one can’t be read', async (_, command) => {
    await expect(run(command, join(dir, 'no.json'))).rejects.toThrow("can't be read: there is no such file.");
    await expect(run(command, dir)).rejects.toThrow(`${dir} is a folder: put the file in its place.`);
    await symlink('round.json', join(dir, 'round.json'));
    await expect(run(command, join(dir, 'round.json'))).rejects.toThrow('its links lead round in a circle.');
    await write('plain', '');
    await expect(run(command, join(dir, 'plain', 'mcp.json'))).rejects.toThrow('above it is no folder.');
  });

  it('nor is a file of servers that can’t be read told to be none', async () => {
    await mkdir(join(dir, 'mcp-servers.json'));
    const file = await write('mcp.json', A);
    await expect(run(protect, file)).rejects.toThrow(
      "mcp-servers.json can't be read: it is a folder; mend it",
    );
  });
});
