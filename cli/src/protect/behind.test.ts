import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Firewall,
  isFirewallItself,
  otherFirewall,
  proxiedName,
  putBehind,
  wrappedName,
} from './behind.ts';
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
    expect(wrapped.args).toEqual(`${launcher} wrap --name a --hold 2m -- npx -y server`.split(' '));
    expect(wrappedName(wrapped, firewall)).toEqual({ name: 'a', isWhole: true });
    expect(takeOut(wrapped)).toEqual(plain);
  });

  it.each([
    'LOG_LEVEL',
    'POLICY_PATH',
    'MCP_SERVERS',
    'NATS_URL',
    'SMTP_URL',
    'HOST',
    'PORT',
    'REQUEST_TIMEOUT_MS',
    'APPROVAL_CODE',
    'PATH',
    'HOME',
    'NODE_OPTIONS',
    'LD_PRELOAD',
  ])('has nothing of its server’s under a name that anything reads: %s', (name) => {
    const env = { [name]: 'the server’s', ...plain.env };
    const value = putBehind({ ...plain, env }, ['--name', 'a'], firewall);
    expect(value['env']).toEqual({
      AEGIS_DATA_DIR: firewall.dataDir,
      POLICY_PATH: firewall.policyPath,
      MCP_SERVERS: firewall.serversPath,
      [`AEGIS_SERVER_ENV_${name}`]: 'the server’s',
      AEGIS_SERVER_ENV_TOKEN: 't',
    });
    expect(wrappedName(value, firewall)).toEqual({ name: 'a', isWhole: true });
    expect(takeOut(value)).toEqual({ ...plain, env });
  });

  it.each([
    ['with names of variables', ['--server-env=TOKEN']],
    ['without', []],
  ])('of an earlier version is one too, %s, and is written anew', (_, words) => {
    const args = wrapped.args.toSpliced(wrapped.args.indexOf('--'), 0, ...words);
    const { AEGIS_SERVER_ENV_TOKEN, ...env } = wrapped.env;
    const before = { ...wrapped, args, env: { ...env, TOKEN: AEGIS_SERVER_ENV_TOKEN } };
    expect(wrappedName(before, firewall)).toEqual({ name: 'a', isWhole: false });
    expect(takeOut(before)).toEqual(plain);
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

const withDir = (dir: string) => ({ env: { AEGIS_DATA_DIR: dir } });

describe('who decides what runs', () => {
  const here = fileURLToPath(new URL('../../bin/aegis.js', import.meta.url));
  const ours = { ...firewall, launcher: here };
  const folder = mkdtempSync(join(tmpdir(), 'aegis-behind-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const link = join(folder, 'aegis.js');
  symlinkSync(here, link);
  const node = join(folder, 'node');
  symlinkSync(process.execPath, node);
  const entry = (verb: readonly string[], { start = here, ...more }: Record<string, unknown> = {}) => ({
    command: ours.node,
    args: [start, ...verb],
    env: { AEGIS_DATA_DIR: ours.dataDir },
    ...more,
  });
  const isBehind = (more: Record<string, unknown>) => [
    wrappedName(entry(['wrap', '--name', 'a', '--', 'npx', 'srv'], more), ours) !== undefined,
    isFirewallItself(entry(['mcp'], more), ours),
    otherFirewall(entry(['mcp'], more), ours) !== undefined,
  ];

  it.each([{}, { command: 'node' }, { cwd: '/proj' }])('is this firewall with %j', (more) =>
    expect(isBehind(more)).toEqual([true, true, false]),
  );
  it.each([
    { start: relative(process.cwd(), here) },
    { start: relative(process.cwd(), here), command: 'node', cwd: '/proj' },
    { start: `./${relative(process.cwd(), here)}` },
    { start: `~/${relative(homedir(), here)}` },
    { start: `\${HOME}/${relative(homedir(), here)}` },
    { start: link },
    { command: node },
    { command: relative(process.cwd(), ours.node) },
    { command: 'aegis' },
    { command: 'npx' },
    withDir(relative('/', ours.dataDir)),
    withDir(relative(process.cwd(), ours.dataDir)),
    withDir('~/data'),
    withDir('$HOME/data'),
    withDir(`/\${EMPTY}/..${ours.dataDir}`),
    withDir(`${folder}/../..${ours.dataDir}`),
    { cwd: '/proj', env: {} },
  ])('is the client’s, or its folder’s, and nothing is behind it: %j', (more) =>
    expect(isBehind(more)).toEqual([false, false, false]),
  );
  it('by placeholders is nobody’s, though our own path had the same signs', () => {
    const odd = { ...ours, dataDir: '/home/$USER/data' };
    expect(isFirewallItself(entry(['mcp'], withDir(odd.dataDir)), odd)).toBe(false);
  });
});

describe('AegisMCP’s own entry', () => {
  const own = { command: 'node', args: [launcher, 'mcp'], env: { AEGIS_DATA_DIR: firewall.dataDir } };
  it.each([
    own,
    { ...own, command: process.execPath },
    { url: firewall.mcpUrl },
    { serverUrl: `${firewall.mcpUrl}/` },
  ])('is itself: %j', (value) => expect(isFirewallItself(value, firewall)).toBe(true));
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
  ['/web/', 'web'],
  ['/web//', undefined],
  ['/web/../../evil', undefined],
  ['/web?x=1', undefined],
  ['/', undefined],
  ['.evil.example/web', undefined],
])('the address of a server behind the firewall is a name after ours: %s', (rest, name) => {
  for (const key of ['url', 'serverUrl', 'httpUrl'])
    expect(proxiedName({ [key]: `${firewall.mcpUrl}${rest}` }, firewall.mcpUrl)).toBe(name);
  expect(proxiedName({ url: `${firewall.mcpUrl}${rest}`, command: 'evil' }, firewall.mcpUrl)).toBeUndefined();
});
