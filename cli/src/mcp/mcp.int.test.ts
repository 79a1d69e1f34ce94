import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerFolder } from '@aegis/local-nats';
import { startNatsServer } from '@aegis/testkit/nats-server';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { writeStackFile } from '../local/stack/stack-file.ts';
import { HOST_NODE, LAUNCHER, runAegis } from '../testkit/spawn-aegis.ts';
import { stackOf } from '../testkit/stack.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

test('an MCP client that starts `aegis mcp` with its own Node needs the data directory and nothing else', async () => {
  const server = await startNatsServer();
  onTestFinished(() => server.stop());
  const dataDir = await temporaryDirectory();
  const keys_dir = join(brokerFolder(dataDir), 'keys');
  await mkdir(keys_dir, { recursive: true });
  // No other key is there: the agent's process must do with the agent's credential.
  await copyFile(join(server.keysDir, 'mcp.nk'), join(keys_dir, 'mcp.nk'));
  await writeStackFile(dataDir, stackOf({ nats_url: server.url, keys_dir }));

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
});

test('without a running stack it says on stderr how to start one, and nothing on stdout', async () => {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const { code, stdout, stderr } = await runAegis(['mcp'], { env: { AEGIS_DATA_DIR } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `aegis: No AegisMCP runs from the data directory ${AEGIS_DATA_DIR}: start it with "npm start", or set AEGIS_DATA_DIR to the directory of the one that runs.\n`,
  );
});

test('a bus that is away is one sentence, and no', async () => {
  const AEGIS_DATA_DIR = await temporaryDirectory();
  const keys_dir = await temporaryDirectory();
  const server = await startNatsServer({ provisioned: false });
  await copyFile(join(server.keysDir, 'mcp.nk'), join(keys_dir, 'mcp.nk'));
  await server.stop();
  await writeStackFile(AEGIS_DATA_DIR, stackOf({ nats_url: server.url, keys_dir }));
  const { code, stdout, stderr } = await runAegis(['mcp'], { env: { AEGIS_DATA_DIR } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(new RegExp(`^aegis: No connection to NATS at ${server.url}: .*\n$`));
});
