import { describe, expect, it } from 'vitest';
import { isSteering, obstacle } from './entry-obstacle.ts';

const ADDRESS = 'https://a.example/mcp';
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
    { command: 'npx', args: null, env: null, url: null, type: null, headers: null, cwd: null },
    { ...entry, shell: false, tools: { command: { enabled: true } }, note: 'see https://example.com' },
    {
      ...entry,
      autoApprove: ['a'],
      timeout: 5,
      oauth: { clientId: 'c', authorizationUrl: 'https://a.example' },
    },
    { url: null, httpUrl: 'https://example.com/mcp' },
    { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer ${env:TOKEN}' } },
  ])('can be put behind the firewall: %j', (value) => expect(obstacle(value)).toBeUndefined());
});

describe('an entry that brings its own way to a firewall', () => {
  it.each(
    'AEGIS_DATA_DIR AEGIS_AGENT_ADDRESS AEGIS_AGENT_KEY AEGIS_SOCKET_DIR aegis_data_dir AEGIS_ANYTHING_LATER'.split(
      ' ',
    ),
  )('by %s, is left', (name) => {
    expect(obstacle({ ...entry, env: { [name]: 'x' } })).toContain(`its env sets ${name}`);
  });
});

/** Names that mean something to the firewall, to Node or to the loader of whatever is started under them. */
const ANYBODYS = `
  POLICY_PATH MCP_SERVERS NATS_URL NATS_NKEY_FILE APPROVAL_CODE APPROVERS_FILE SESSION_SECRET_FILE NODE_OPTIONS node_options
  NODE_PATH NODE_COMPILE_CACHE NODE_USE_ENV_PROXY LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES
  __XPC_DYLD_INSERT_LIBRARIES OPENSSL_CONF OPENSSL_MODULES GCONV_PATH GLIBC_TUNABLES`
  .trim()
  .split(/\s+/);

it.each(ANYBODYS)(
  '%s of a server is carried to it; beside our own variables it steers the firewall',
  (name) => {
    expect(obstacle({ ...entry, env: { [name]: 'x' } })).toBeUndefined();
    expect(isSteering(name)).toBe(true);
  },
);

describe('an entry that clients start in more than one way', () => {
  it.each([
    [{ ...entry, url: 'https://evil.example/mcp' }, 'it has a command and a url'],
    [
      { ...entry, serverUrl: 'https://evil.example/mcp' },
      'it has an address in "serverUrl" and a command, and clients differ in which they take',
    ],
    [
      { serverUrl: 'https://a.example/mcp', httpUrl: 'https://evil.example/mcp' },
      'it has an address in "httpUrl" and another in "serverUrl", and clients differ in which they take',
    ],
    [{ url: ADDRESS, httpUrl: ADDRESS }, 'it has an address in "httpUrl" and the same in "url"'],
    [{ url: ADDRESS, endpoint: 'https://b.example' }, 'it has an address in "endpoint" and another in "url"'],
    [{ ServerUrl: 'https://a.example/mcp' }, 'it has an address in "ServerUrl", which some clients take'],
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

describe('a server that the firewall can reach in its client’s place', () => {
  it.each([
    ...['url', 'serverUrl', 'httpUrl'].map((key) => ({ [key]: ADDRESS })),
    ...['http', 'streamable-http', 'streamableHttp', 'streamable_http', 'remote'].map((type) => ({
      type,
      url: ADDRESS,
    })),
    { url: ADDRESS, transport: { type: 'streamable-http' } },
    { type: 'http', url: 'https://a.example/sse' },
    { httpUrl: 'https://a.example/sse' },
    { url: 'https://a.example/sse/mcp?x=/sse' },
    { url: ADDRESS, oauth: false, auth: null, credentials: { enabled: false } },
    {
      url: ADDRESS,
      maxTokens: 5,
      authors: ['a'],
      tools: { fetch_token: { enabled: true } },
      autoApprove: ['a'],
    },
    { url: 'https://${env:HOST}/mcp', headers: { A: 'Bearer ${TOKEN}', B: '${C:-d}', P: 'cost: 5$' } },
  ])('can be put behind it: %j', (value) => expect(obstacle(value)).toBeUndefined());
});

describe('a server that it can not', () => {
  const older = 'the older HTTP+SSE transport';
  const brings = 'its client brings its';
  const fills = 'which its client fills in';
  it.each([
    [{ type: 'sse', url: ADDRESS }, older],
    [{ type: 'SSE', url: ADDRESS }, older],
    [{ transport: 'sse', url: ADDRESS }, older],
    [{ transport: { type: 'sse' }, url: ADDRESS }, older],
    [{ transportType: 'sse', url: ADDRESS }, older],
    [{ protocol: 'http+sse', url: ADDRESS }, older],
    [{ url: 'https://a.example/sse' }, older],
    [{ serverUrl: 'https://a.example/v1/sse/?key=1' }, older],
    [{ type: 'ws', url: 'wss://a.example/mcp' }, 'its type is ws'],
    [{ type: 'stdio', url: ADDRESS }, 'its type is stdio'],
    [{ type: 5, url: ADDRESS }, 'its type is 5'],
    [{ url: 'ws://127.0.0.1:9/mcp' }, "can't reach it (url: expected an address that starts with http://"],
    [{ serverUrl: 'localhost:9/mcp' }, "can't reach it (serverUrl: expected an address"],
    [{ url: '/mcp' }, "can't reach it (url: "],
    [{ url: '' }, "can't reach it (url: "],
    [{ url: ADDRESS, headers: { 'X-Tenant': 42 } }, "can't reach it (headers.X-Tenant: "],
    [{ url: ADDRESS, headers: { 'X-Tenant': null } }, "can't reach it (headers.X-Tenant: "],
    [{ url: ADDRESS, headers: { Connection: 'close' } }, "can't reach it (headers.Connection: "],
    [{ url: ADDRESS, headers: null }, "can't reach it (headers: "],
    [{ url: ADDRESS, headers: ['A: b'] }, "can't reach it (headers: "],
    [{ url: ADDRESS, headers: { 'a b': 'c' } }, "can't reach it (headers.a b: "],
    [{ url: ADDRESS, oauth: { clientId: 'abc' } }, `${brings} "oauth"`],
    [{ url: ADDRESS, oauth: {} }, `${brings} "oauth"`],
    [{ url: ADDRESS, auth: 'oauth' }, `${brings} "auth"`],
    [{ url: ADDRESS, authProviderType: 'google_credentials' }, `${brings} "authProviderType"`],
    [{ url: ADDRESS, authorization_token: 't' }, `${brings} "authorization_token"`],
    [{ url: ADDRESS, bearer_token_env_var: 'T' }, `${brings} "bearer_token_env_var"`],
    [{ url: ADDRESS, apiKey: 'k' }, `${brings} "apiKey"`],
    [{ url: ADDRESS, http_headers: { A: 'b' } }, `${brings} "http_headers"`],
    [{ url: ADDRESS, requestInit: { headers: { A: 'b' } } }, `${brings} "headers"`],
    [{ url: ADDRESS, requestOptions: { deep: { headers: { A: 'b' } } } }, `${brings} "headers"`],
    [{ url: ADDRESS, clientCert: '/c.pem' }, `${brings} "clientCert"`],
    [{ url: ADDRESS, proxy: 'http://p.example' }, `${brings} "proxy"`],
    [{ url: ADDRESS, headers: { A: '${input:token}' } }, 'have ${input:token}, which its client asks for'],
    [{ url: '${input:where}' }, 'have ${input:where}, which its client asks for'],
    [{ url: ADDRESS, headers: { A: '${file:/run/secret}' } }, fills],
    [{ url: ADDRESS, headers: { A: '${command:x}' } }, fills],
    [{ url: 'https://a.example/${workspaceFolderBasename}' }, fills],
    [{ url: ADDRESS, headers: { A: 'Bearer $SHOP_TOKEN' } }, fills],
    [{ url: ADDRESS, headers: { A: '{{LIBRECHAT_USER_ID}}' } }, fills],
    [{ url: ADDRESS, headers: { A: '{env:TOKEN}' } }, fills],
    [{ url: ADDRESS, headers: { A: '$(cat token)' } }, fills],
  ])('is left: %j', (value, why) => expect(obstacle(value)).toContain(why));
});
