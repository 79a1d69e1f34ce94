import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectV1 } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAegis } from '../../cli/src/testkit/spawn-aegis.ts';
import { reference } from '../testkit/firewall/wrapped.ts';
import { get } from '../testkit/rest.ts';

type Entry = { command: string; args: string[]; env: Record<string, string> };

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-hunt-02-'));
  env = { HOME: folder, AEGIS_DATA_DIR: join(folder, 'data') };
  const rules = [
    { match: 'everything.get-env', decision: 'allow' },
    { match: '*', decision: 'deny' },
  ];
  await writeFile(join(folder, 'policy.yml'), JSON.stringify({ version: 2, rules }));
});
afterAll(async () => {
  await runAegis(['down'], { env });
  await rm(folder, { recursive: true, force: true });
});

/** Names that mean something to the firewall, to Node or to a system; none of these values would do there. */
const own = {
  LOG_LEVEL: 'INFO',
  POLICY_PATH: '/srv/opa/bundles',
  MCP_SERVERS: '/srv/servers.json',
  NATS_URL: 'nats://127.0.0.1:9',
  NATS_NKEY_FILE: '/srv/key',
  SMTP_URL: 'smtp://mail.example',
  HOST: '0.0.0.0',
  PORT: 'http',
  MCP_PORT: '99999',
  REQUEST_TIMEOUT_MS: 'soon',
  CONSOLE_URL: 'https://console.example',
  APPROVAL_CODE: '1',
  APPROVERS_FILE: '/srv/approvers.json',
  MCP_KEYS_FILE: '/srv/keys.json',
  NODE_OPTIONS: '--max-http-header-size=20000',
  PATH: '/nowhere',
  HOME: '/srv/home',
};

it('a server gets all that its entry sets for it, and the firewall that is started for it nothing of that', async () => {
  const { command, args } = reference('server-everything', []);
  const file = join(folder, 'mcp.json');
  await writeFile(file, JSON.stringify({ mcpServers: { everything: { command, args, env: own } } }));
  expect(await runAegis(['protect', file], { env, cwd: folder })).toMatchObject({ code: 0 });
  const { mcpServers } = JSON.parse(await readFile(file, 'utf8')) as { mcpServers: Record<string, Entry> };
  const entry = mcpServers['everything'] as Entry;
  // What a client does: the entry's variables over a few of its own.
  const ofClient = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const ports = { PORT: '0', MCP_PORT: '0', AEGIS_NATS_PORT: '0' };
  const target = { url: '', ...entry, env: { ...ofClient, ...ports, ...entry.env } };
  const client = await connectV1(target, 'stdio');
  const { content } = await client.call('get-env', {});
  const seen = JSON.parse(content[0]?.text ?? '{}') as Record<string, string>;
  expect(seen).toMatchObject(own);
  expect(Object.keys(seen).filter((name) => name.startsWith('AEGIS_SERVER_ENV_'))).toEqual([]);
  expect(JSON.stringify(await client.call('echo', { message: 'x' }))).toContain("Rule 1 denies '*'");
  await client.close();
  const { gateway_url: url } = JSON.parse(await readFile(join(folder, 'data', 'stack.json'), 'utf8')) as {
    gateway_url: string;
  };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect((await get(url, '/policy')).body['path']).toBe(join(folder, 'policy.yml'));
});
