import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../testkit/rest.ts';

const MAIN = fileURLToPath(new URL('../../cli/bin/aegis.js', import.meta.url));
const APPROVAL = /apr_[a-z2-7]{26}/;
const POLICY = `version: 2
rules:
  - { match: "tools.read_file", decision: allow }
  - { match: "tools.fetch", decision: allow }
  - { match: "tools.pay", decision: review }
`;
/** A server with what file servers and fetch servers have, and one tool that a person has to see. */
const SERVER = `
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const tools = ['read_file', 'fetch', 'pay'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const run = async (name, { path, url, ...init }) => {
  if (name === 'read_file') return readFileSync(path, 'latin1');
  if (name === 'fetch') return (await fetch(url, init)).text();
  return 'PAID';
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const say = (result) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
  if (method === 'initialize')
    return say({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } });
  if (method === 'tools/list') return say({ tools });
  const text = await run(params.name, params.arguments).catch(String);
  say({ content: [{ type: 'text', text }] });
});
`;

let folder: string;
let client: Client;
let url: string;
let env: Record<string, string>;

const aegis = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args], { env });

async function call(name: string, args: Record<string, unknown>): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args });
  return JSON.stringify(content);
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Whatever could be a secret in the files there, but for the log itself, which is digests and what the agent sent. */
async function wordsIn(dir: string): Promise<string[]> {
  const files = (await filesIn(dir)).filter((path) => !path.includes('/jetstream/'));
  const texts = await Promise.all(files.map((path) => readFile(path, 'latin1')));
  return [...new Set(texts.flatMap((text) => text.match(/[\w:.=-]{6,128}/g) ?? []))];
}

/** As an agent's client starts it, with no firewall there: one is started in the background. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-case-16-'));
  const { PATH = '', HOME = '' } = process.env;
  await writeFile(join(folder, 'policy.yml'), POLICY);
  await writeFile(join(folder, 'server.mjs'), SERVER);
  env = {
    PATH,
    HOME,
    PORT: '0',
    MCP_PORT: '0',
    AEGIS_NATS_PORT: '0',
    AEGIS_DATA_DIR: join(folder, 'data'),
    POLICY_PATH: join(folder, 'policy.yml'),
    MCP_SERVERS: join(folder, 'servers.json'),
  };
  client = new Client({ name: 'agent', version: '1' });
  const server = [process.execPath, join(folder, 'server.mjs')];
  const args = [MAIN, 'wrap', '--name', 'tools', '--hold', '1s', '--', ...server];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
  const stack = JSON.parse(await readFile(join(folder, 'data', 'stack.json'), 'utf8')) as Record<
    string,
    string
  >;
  url = stack['gateway_url'] ?? '';
});
afterAll(async () => {
  await client.close();
  await aegis('down');
  await rm(folder, { recursive: true, force: true });
});

describe('an agent with a file server and a fetch server behind the firewall', () => {
  it('has no code to read: none was made, and no file of the data directory approves', async () => {
    const names = (await filesIn(join(folder, 'data'))).map((path) => path.slice(folder.length));
    expect(names.filter((name) => /code/.test(name))).toEqual([]);
    expect(await call('pay', { amount: 1 })).toContain('Nobody can approve yet');
  });

  it('approves nothing with whatever it reads there, by any door that takes a secret', async () => {
    const id = APPROVAL.exec(await call('pay', { amount: 1_000_000 }))?.[0] ?? '';
    const words = await wordsIn(join(folder, 'data'));
    expect(words.length).toBeGreaterThan(20);
    for (const secret of words) {
      await post(url, '/approvals/complete', { approval_id: id, approval_code: secret });
      await post(url, '/ui/api/first-approver', { token: secret, name: 'agent' });
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      await fetch(`${url}/approvals/${id}/approve`, { method: 'POST', headers, body: '{}' });
    }
    expect((await get(url, `/approvals/${id}`)).body['status']).toBe('pending');
    expect(await call('pay', { amount: 1_000_000 })).not.toContain('PAID');
    const files = await filesIn(join(folder, 'data'));
    expect(files.filter((path) => path.endsWith('approvers.json'))).toEqual([]);
  });

  it('makes no link: that takes a terminal', async () => {
    await expect(aegis('approve-here')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('a person runs it in a terminal') as string,
    });
  });
});
