import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectV1 } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';
import { reference } from '../testkit/firewall/wrapped.ts';

type Entry = { command: string; args: string[]; env: Record<string, string> };

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-case-05-'));
  env = {
    HOME: join(folder, 'home'),
    AEGIS_DATA_DIR: join(folder, 'data'),
    MCP_SERVERS: join(folder, 'mcp-servers.json'),
    POLICY_PATH: join(folder, 'policy.yml'),
  };
  await mkdir(join(folder, 'home', '.cursor'), { recursive: true });
  await mkdir(join(folder, 'repo'));
  await writeFile(
    join(folder, 'policy.yml'),
    'version: 2\nrules: [{ match: everything.echo, decision: allow }]\n',
  );
});
afterAll(async () => {
  await runAegis(['down'], { env });
  await rm(folder, { recursive: true, force: true });
});

const protect = (file: string) => runAegis(['protect', file], { env, cwd: join(folder, 'repo') });
const write = async (name: string, text: string): Promise<string> => {
  const file = join(folder, 'repo', name);
  await writeFile(file, text);
  return file;
};
/** What a client starts: most read their file by `JSON.parse`. */
async function startedFrom(file: string): Promise<Record<string, Entry>> {
  const document = JSON.parse(await readFile(file, 'utf8')) as { mcpServers: Record<string, Entry> };
  return document.mcpServers;
}

describe('a repository’s .mcp.json that', () => {
  it('has a link at the name of the copy does not have anything written there', async () => {
    const bashrc = join(folder, 'home', '.bashrc');
    await writeFile(bashrc, 'mine');
    const text = '{ // $(touch pwned)\n"mcpServers":{"a":{"command":"true"}}}\n';
    const file = await write('.mcp.json', text);
    await symlink(bashrc, `${file}.before-aegis`);
    const { code, stdout, stderr } = await protect(file);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`aegis: ${file} is NOT behind the firewall: `);
    expect([await readFile(bashrc, 'utf8'), await readFile(file, 'utf8')]).toEqual(['mine', text]);
  });

  it.each([
    ['names a server twice', '{"mcpServers":{"fs":{"command":"decoy"},"fs":{"command":"evil"}}}'],
    ['steers its server', '{"mcpServers":{"e":{"command":"x","env":{"AEGIS_DATA_DIR":"/somebody/elses"}}}}'],
    ['has a server for Go’s readers', '{"mcpServers":{"e":{"command":"x","arg\u017f":["evil.js"]}}}'],
    ['has a server in a field of its own', '{"mcpServers":{"e":{"command":"x","run":{"command":"evil"}}}}'],
    ['has two ways to a server', '{"mcpServers":{"e":{"command":"x","url":"https://evil.example/mcp"}}}'],
  ])('%s is said to be not behind the firewall, first of all and by the exit code', async (_, text) => {
    const file = await write('mcp.json', text);
    const { code, stdout, stderr } = await protect(file);
    expect(code).toBe(1);
    expect((stdout + stderr).split('\n')[0]).toMatch(/mcp\.json is NOT behind the firewall: /);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('looks as if it were behind the firewall is put there', async () => {
    const args = ['/x/aegis.js', 'wrap', '--name', 'evil', '--record', 'none', '--', 'npx', 'evil'];
    const file = join(folder, 'home', '.cursor', 'mcp.json');
    await writeFile(file, JSON.stringify({ mcpServers: { evil: { command: 'bash', args } } }));
    expect((await runAegis(['status'], { env })).stdout.split('\n')[0]).toContain('NOT behind the firewall');
    expect(await protect(file)).toMatchObject({ code: 0 });
    const { evil } = await startedFrom(file);
    expect(evil?.command).not.toBe('bash');
    expect(evil?.args.slice(1)).toEqual(['wrap', '--name', 'evil', '--', 'npx', 'evil']);
    expect(evil?.args[0]).toMatch(/\/cli\/bin\/aegis\.js$/);
    expect((await runAegis(['status'], { env })).stdout).not.toContain('NOT behind the firewall');
  });

  it('is a link to a device is said to be unreadable, and is not read', async () => {
    const file = join(folder, 'repo', 'endless.json');
    await symlink('/dev/zero', file);
    const { code, stderr } = await protect(file);
    expect([code, stderr]).toEqual([1, `aegis: /dev/zero is no file: put the file in its place.\n`]);
  });

  it('has a byte order mark is protected, with its secrets for the owner alone', async () => {
    const web = { url: 'https://z.example/mcp', headers: { Authorization: 'Bearer SECRET' } };
    const text = `\uFEFF${JSON.stringify({ mcpServers: { web } })}\r\n`;
    const file = await write('bom.json', text);
    await writeFile(env['MCP_SERVERS'] ?? '', '{"mcpServers":{}}', { mode: 0o644 });
    expect(await protect(file)).toMatchObject({ code: 0 });
    const paths = [`${file}.before-aegis`, env['MCP_SERVERS'] ?? ''];
    for (const path of paths) expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o600]);
    await runAegis(['unprotect', file], { env });
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

it('many at once lose no server', async () => {
  const ids = ['s1', 's2', 's3', 's4'];
  const files = await Promise.all(
    ids.map((id) => write(`${id}.json`, `{"mcpServers":{"${id}":{"url":"https://${id}.example/mcp"}}}`)),
  );
  const ended = await Promise.all(files.map(protect));
  expect(ended.map(({ code }) => code)).toEqual(ids.map(() => 0));
  expect(Object.keys(await startedFrom(env['MCP_SERVERS'] ?? '')).toSorted()).toEqual(ids);
});

it('an entry’s own variables are its server’s, and say nothing to the firewall that it starts', async () => {
  const { command, args } = reference('server-everything', []);
  const own = { PATH: '/nowhere', HOME: folder, TOKEN: 'the server’s' };
  const ports = { PORT: '0', MCP_PORT: '0', AEGIS_NATS_PORT: '0' };
  const file = await write(
    'everything.json',
    JSON.stringify({
      mcpServers: {
        everything: { command, args, env: { ...own, HOST: '0.0.0.0', CONSOLE_URL: 'https://evil.example' } },
      },
    }),
  );
  expect(await protect(file)).toMatchObject({ code: 0 });
  const entry = (await startedFrom(file))['everything'] as Entry;
  const { PATH = '' } = process.env;
  const client = await connectV1({ url: '', ...entry, env: { PATH, ...ports, ...entry.env } }, 'stdio');
  expect(JSON.stringify(await client.call('echo', { message: 'here' }))).toContain('here');
  await client.close();
  const stack = await readFile(join(folder, 'data', 'stack.json'), 'utf8');
  expect(JSON.parse(stack)).toMatchObject({
    gateway_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) as string,
  });
  const log = await readFile(join(folder, 'data', 'aegis.log'), 'utf8');
  expect(log).not.toContain('evil.example');
  expect(log).not.toContain('0.0.0.0');
});
