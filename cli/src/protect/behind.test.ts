import { describe, expect, it } from 'vitest';
import { type Firewall, isFirewallItself, proxiedName, putBehind, wrappedName } from './behind.ts';
import { takeOut } from './wrap-form.ts';

const firewall: Firewall = {
  node: process.execPath,
  launcher: '/opt/aegismcp/cli/bin/aegis.js',
  dataDir: '/home/ada/data',
  policyPath: '/home/ada/policy.yml',
  serversPath: '/home/ada/mcp-servers.json',
  mcpUrl: 'http://127.0.0.1:8001/mcp',
};
const plain = { command: 'npx', args: ['-y', 'server'], env: { TOKEN: 't' }, disabled: false };
const wrapped = putBehind(plain, ['--name', 'a', '--hold', '2m'], firewall) as {
  command: string;
  args: string[];
  env: Record<string, string>;
};
const { launcher } = firewall;
const withEnv = (env: Record<string, string>) => ({ ...wrapped, env: { ...wrapped.env, ...env } });

describe('an entry behind the firewall', () => {
  it('is started by it, keeps what it had, and comes out as it was', () => {
    expect(wrapped.args).toEqual(
      `${launcher} wrap --name a --hold 2m --server-env=TOKEN -- npx -y server`.split(' '),
    );
    expect(wrappedName(wrapped, firewall)).toEqual({ name: 'a', isWhole: true });
    expect(takeOut(wrapped)).toEqual(plain);
  });

  it('of an earlier version is one too, and is written anew', () => {
    const args = wrapped.args.filter((arg) => !arg.startsWith('--server-env'));
    expect(wrappedName({ ...wrapped, args }, firewall)).toEqual({ name: 'a', isWhole: false });
  });

  it('by paths that were written there before is one where that is known', () => {
    const before = withEnv({ POLICY_PATH: '/home/ada/old.yml' });
    expect(wrappedName(before, firewall)).toBeUndefined();
    expect(wrappedName(before, firewall, { policy_path: '/home/ada/old.yml' })?.name).toBe('a');
  });

  it.each([
    ['another program with our words', { ...wrapped, command: 'bash' }],
    ['another Node', { ...wrapped, command: '/repo/bin/node' }],
    ['a Node on a PATH of its own', { ...withEnv({ PATH: '/repo/bin' }), command: 'node' }],
    ['another aegis.js', { ...wrapped, args: ['/x/aegis.js', ...wrapped.args.slice(1)] }],
    ['a launcher that is no first argument', { ...wrapped, args: ['-r', '/x/evil.js', ...wrapped.args] }],
    [
      'words that are not read lightly',
      { ...wrapped, args: [launcher, 'wrap', '--json', ...wrapped.args.slice(2)] },
    ],
    ['another data directory', withEnv({ AEGIS_DATA_DIR: '/somebody/elses' })],
    ['a data directory that depends on where it is started', withEnv({ AEGIS_DATA_DIR: './data' })],
    ['another policy', withEnv({ POLICY_PATH: '/somebody/open.yml' })],
    ['another file of servers', withEnv({ MCP_SERVERS: '/somebody/servers.json' })],
    ['another address', withEnv({ AEGIS_AGENT_ADDRESS: 'unix:/somebody/agent.sock' })],
    ['code before it', withEnv({ NODE_OPTIONS: '--require /somebody/evil.js' })],
    ['an address beside it', { ...wrapped, url: 'https://evil.example/mcp' }],
    ['a file of variables', { ...wrapped, envFile: '/repo/.env' }],
  ])('is not one with %s', (_, value) => expect(wrappedName(value, firewall)).toBeUndefined());
});

describe('AegisMCP’s own entry', () => {
  const own = { command: 'node', args: [launcher, 'mcp'], env: { AEGIS_DATA_DIR: firewall.dataDir } };
  it.each([own, { ...own, command: process.execPath }, { url: firewall.mcpUrl }])('is itself: %j', (value) =>
    expect(isFirewallItself(value, firewall)).toBe(true),
  );
  it.each([
    { ...own, command: 'bash' },
    { ...own, args: ['/x/aegis.js', 'mcp'] },
    { ...own, args: [launcher, 'mcp', 'more'] },
    { ...own, env: { AEGIS_DATA_DIR: '/somebody/elses' } },
    { ...own, env: { ...own.env, NODE_OPTIONS: '--require /x.js' } },
    { url: firewall.mcpUrl, command: 'evil' },
    { url: `${firewall.mcpUrl}?x` },
  ])('is not %j', (value) => expect(isFirewallItself(value, firewall)).toBe(false));
});

it.each([
  ['/web', 'web'],
  ['/web/../../evil', undefined],
  ['/web?x=1', undefined],
  ['/', undefined],
  ['.evil.example/web', undefined],
])('the address of a server behind the firewall is a name after ours: %s', (rest, name) => {
  expect(proxiedName({ url: `${firewall.mcpUrl}${rest}` }, firewall.mcpUrl)).toBe(name);
  expect(proxiedName({ url: `${firewall.mcpUrl}${rest}`, command: 'evil' }, firewall.mcpUrl)).toBeUndefined();
});
