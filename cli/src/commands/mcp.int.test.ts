import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { backgroundHome } from '../testkit/background.ts';
import { HOST_NODE, LAUNCHER, runAegis } from '../testkit/spawn-aegis.ts';
import { stackOf } from '../testkit/stack.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

test('an MCP client that starts `aegis mcp` with its own Node needs the socket and the credential, and no key', async () => {
  const home = await backgroundHome();
  onTestFinished(() => home.remove());
  await runAegis(['up', '--background'], { env: home.env });
  const { agent_address } = await home.stack();
  // Nothing else is there: the agent's process must do with the agent's credential.
  const dataDir = await temporaryDirectory();
  await copyFile(join(home.dataDir, 'agent-credential'), join(dataDir, 'agent-credential'));
  await writeFile(join(dataDir, 'stack.json'), JSON.stringify({ agent_address }), { mode: 0o600 });

  const client = new Client({ name: 'test', version: '1' });
  const { PATH = '' } = process.env;
  const env = { PATH, AEGIS_DATA_DIR: dataDir };
  await client.connect(
    new StdioClientTransport({ command: HOST_NODE, args: [LAUNCHER, 'mcp'], env, cwd: dataDir }),
  );
  onTestFinished(() => client.close());
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).toSorted()).toEqual([
    'audit_write',
    'firewall_enforce',
    'guard_check',
    'policy_get',
    'require_approval',
  ]);
  const checked = await client.callTool({ name: 'guard_check', arguments: { tool: 'a.drop' } });
  expect(checked.structuredContent).toMatchObject({ allowed: false });
  expect((await readdir(dataDir)).toSorted()).toEqual(['agent-credential', 'stack.json']);
});

test('without a running stack it says on stderr how to start one, and nothing on stdout', async () => {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const { code, stdout, stderr } = await runAegis(['mcp'], { env: { AEGIS_DATA_DIR } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `aegis: No AegisMCP runs from the data directory ${AEGIS_DATA_DIR}: start it with "npm start", or set AEGIS_DATA_DIR to the directory of the one that runs.\n`,
  );
});

test('a firewall that does not answer is one sentence, and no', async () => {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const agent_address = `unix:${AEGIS_DATA_DIR}/agent.sock`;
  await writeFile(join(AEGIS_DATA_DIR, 'agent-credential'), 'k\n');
  await writeFile(join(AEGIS_DATA_DIR, 'stack.json'), JSON.stringify({ ...stackOf(), agent_address }), {
    mode: 0o600,
  });
  const { code, stdout, stderr } = await runAegis(['mcp'], { env: { AEGIS_DATA_DIR } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `aegis: AegisMCP of the data directory ${AEGIS_DATA_DIR} (process ${process.pid}) does not answer at ${agent_address} (ENOENT): stop it with "AEGIS_DATA_DIR=${AEGIS_DATA_DIR} npx aegis down" and start it again.\n`,
  );
});
