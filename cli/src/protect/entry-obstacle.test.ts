import { describe, expect, it } from 'vitest';
import { obstacle } from './entry-obstacle.ts';

const entry = { command: 'npx', args: ['server'], env: { TOKEN: 't' } };

describe('an entry that clients start as it says', () => {
  it.each([
    entry,
    { command: 'npx' },
    {
      ...entry,
      type: 'stdio',
      cwd: '/x',
      disabled: false,
      env: { NODE_ENV: 'production', PORT: '1', PATH: '/x' },
    },
    { ...entry, iconUrl: 'https://example.com/icon.png', env: null },
    { ...entry, shell: false, tools: { command: { enabled: true } }, note: 'see https://example.com' },
    {
      ...entry,
      autoApprove: ['a'],
      timeout: 5,
      oauth: { clientId: 'c', authorizationUrl: 'https://a.example' },
    },
    { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer ${env:TOKEN}' } },
  ])('can be put behind the firewall: %j', (value) => expect(obstacle(value)).toBeUndefined());
});

describe('an entry that brings its own way to a firewall, or code before it,', () => {
  it.each(
    `
    AEGIS_DATA_DIR AEGIS_AGENT_ADDRESS AEGIS_AGENT_KEY AEGIS_SOCKET_DIR aegis_data_dir
    AEGIS_ANYTHING_LATER POLICY_PATH MCP_SERVERS NATS_URL NATS_NKEY_FILE
    APPROVAL_CODE MCP_APPROVAL_CODE APPROVERS_FILE SESSION_SECRET_FILE NODE_OPTIONS node_options
    NODE_PATH NODE_COMPILE_CACHE NODE_USE_ENV_PROXY LD_PRELOAD LD_LIBRARY_PATH
    LD_AUDIT DYLD_INSERT_LIBRARIES __XPC_DYLD_INSERT_LIBRARIES OPENSSL_CONF OPENSSL_MODULES
    GCONV_PATH GLIBC_TUNABLES`
      .trim()
      .split(/\s+/),
  )('by %s, is left', (name) => {
    expect(obstacle({ ...entry, env: { [name]: 'x' } })).toContain(`its env sets ${name}`);
  });
});

describe('an entry that clients start in more than one way', () => {
  it.each([
    [{ ...entry, url: 'https://evil.example/mcp' }, 'it has a command and a url'],
    [{ ...entry, serverUrl: 'https://evil.example/mcp' }, 'it has an address in "serverUrl"'],
    [{ url: 'https://a.example/mcp', httpUrl: 'https://evil.example/mcp' }, 'it has an address in "httpUrl"'],
    [{ ...entry, Command: 'evil' }, 'its "Command" is "command" to some clients'],
    [{ ...entry, ARGS: ['evil'] }, 'its "ARGS" is "args" to some clients'],
    [{ ...entry, 'arg\u017f': ['evil'] }, 'is "args" to some clients'],
    [{ ...entry, 'env\u200b': {} }, 'is "env" to some clients'],
    [{ ...entry, cmd: 'evil' }, 'its "cmd" may change what is started'],
    [{ ...entry, executable: 'evil' }, 'its "executable" may change what is started'],
    [{ ...entry, commandLine: 'evil' }, 'its "commandLine" may change what is started'],
    [{ ...entry, start_command: ['evil'] }, 'its "start_command" may change what is started'],
    [{ ...entry, shell: true }, 'its "shell" may change what is started'],
    [{ ...entry, environment: { NODE_OPTIONS: '-r evil' } }, 'its "environment" may change what is started'],
    [
      { url: 'https://a.example/mcp', headersHelper: 'evil' },
      'its "headersHelper" may change what is started',
    ],
    [{ ...entry, config: { deep: [{ command: 'evil' }] } }, 'its "config" has a "command"'],
    [{ ...entry, connection: { serverUrl: 'https://evil.example' } }, 'its "connection" has a "serverUrl"'],
    [{ url: 'https://a.example/mcp', transport: { command: 'evil' } }, 'its "transport" has a "command"'],
    [{ ...entry, tcp: 'ws://evil.example' }, 'it has an address in "tcp"'],
    [{ ...entry, httpUrl: ['https://evil.example'] }, 'it has an address in "httpUrl"'],
    [{ ...entry, type: 'http' }, 'it has a command, and its type is not stdio'],
    [{ ...entry, transport: 'sse' }, 'it has a command, and its transport is not stdio'],
    [{ ...entry, envFile: '/repo/.env' }, 'its "envFile" may change what is started'],
    [{ ...entry, dev: { debug: { type: 'node' } } }, 'its "dev" may change what is started'],
    [{ ...entry, windows: { command: 'evil' } }, 'its "windows" may change what is started'],
    [{ ...entry, args: ['a', 1] }, 'its args are no list of texts'],
    [{ ...entry, args: 'a b' }, 'its args are no list of texts'],
    [{ ...entry, env: ['A=1'] }, 'its env is no object'],
    [{ ...entry, env: { 'A=B': 'x' } }, 'its env has a name that no variable has'],
    [{ command: ['npx', 'server'] }, 'its command is no text'],
    [{ command: '', url: undefined }, 'its command is no text'],
    [{}, 'it has neither a command nor a url'],
  ])('is left: %j', (value, why) => expect(obstacle(value)).toContain(why));
});
