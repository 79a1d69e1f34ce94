import { expect, it } from 'vitest';
import { planProtection } from './plan.ts';

it('a server whose entry would read back as another is left, by name with the reason, and no other one is', () => {
  const firewall = {
    node: process.execPath,
    launcher: '/opt/aegismcp/cli/bin/renamed.js',
    dataDir: '/home/ada/data',
    policyPath: undefined,
    serversPath: '/home/ada/mcp-servers.json',
    mcpUrl: 'http://127.0.0.1:8001/mcp',
  };
  const entries = Object.entries({ a: { command: 'x' }, b: { url: 'https://b.example/mcp' } }).map(
    ([name, value]) => ({ name, path: ['mcpServers', name], value }),
  );
  expect(planProtection(entries, firewall, { servers: new Map() })).toMatchObject([
    {
      to: 'left',
      entry: { name: 'a' },
      because: expect.stringContaining('reads back as something else') as string,
    },
    { to: 'proxy', name: 'b' },
  ]);
});
