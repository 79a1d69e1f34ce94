import { createServer } from 'node:http';
import { freePort } from '@aegis/testkit/free-port';
import { expect, onTestFinished, test } from 'vitest';
import { send } from '../testkit/post.ts';
import { message, startWorld } from './testkit/world.ts';

const PARAMS = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } };
const INITIALIZE = message('initialize', PARAMS, 0);

const away = (name: string, because: string) =>
  expect.stringMatching(
    new RegExp(`^The MCP server '${name}' was away when it was last tried, at [^ ]+Z: ${because}\\.$`),
  );

test('a server that could not be reached or started is said, and one that nobody tried is not', async () => {
  const port = await freePort();
  const { proxy, urlOf, describe } = await startWorld({
    servers: {
      gone: { url: `http://127.0.0.1:${port}/mcp` },
      none: { command: 'aegis-no-such-command' },
      dies: { command: process.execPath, args: ['-e', 'process.exit(3)'] },
      unset: { url: 'http://127.0.0.1:1/${SHOP}' },
      idle: { command: 'aegis-no-such-command' },
    },
  });
  expect(proxy.warnings).toEqual([]);
  for (const name of ['gone', 'none', 'dies', 'unset']) await send(urlOf(name), 'POST', INITIALIZE);
  expect(proxy.warnings).toEqual([
    away('gone', "it can't be reached \\(ECONNREFUSED\\)"),
    away('none', "it can't be started: aegis-no-such-command is not found on the PATH of the firewall: .+"),
    away('dies', 'it ended \\(exit code 3\\)'),
    away('unset', "it can't be used: .*SHOP.*"),
  ]);
  await describe({ gone: { url: `http://127.0.0.1:${port}/mcp` } });
  await expect.poll(() => proxy.warnings, { timeout: 10_000 }).toEqual([away('gone', '.+')]);
  // It is back, and nobody has to call it to be told.
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await expect.poll(() => proxy.warnings, { timeout: 20_000 }).toEqual([]);
});

test('a server that answers is there again', async () => {
  const { proxy, urlOf, describe } = await startWorld({
    servers: { s: { command: process.execPath, args: ['-e', 'process.exit(3)'] } },
  });
  await send(urlOf('s'), 'POST', INITIALIZE);
  expect(proxy.warnings).toHaveLength(1);
  const script = 'process.stdin.once(\'data\', () => console.log(\'{"jsonrpc":"2.0","id":0,"result":{}}\'))';
  await describe({ s: { command: process.execPath, args: ['-e', script] } });
  await expect.poll(() => proxy.warnings, { timeout: 10_000 }).toEqual([]);
  expect((await send(urlOf('s'), 'POST', INITIALIZE)).status).toBe(200);
  expect(proxy.warnings).toEqual([]);
});
