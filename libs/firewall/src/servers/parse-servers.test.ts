import { describe, expect, it } from 'vitest';
import { parseServers, serverProblem } from './parse-servers.ts';

const entry = (value: object): string => JSON.stringify({ mcpServers: { shop: value } });

function parsed(text: string) {
  const read = parseServers(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.file.entries;
}
/** What is said of the one entry of a file, or of the file. */
function problemOf(text: string): string | undefined {
  const read = parseServers(text);
  return 'problem' in read ? read.problem : [...read.file.problems.values()][0];
}

describe('what a servers file may say', () => {
  it('a command, as clients have it, with defaults', () => {
    expect(parsed(entry({ command: 'npx', args: ['-y', 'x'], env: { A: '1' } })).get('shop')).toEqual({
      name: 'shop',
      upstream: { kind: 'stdio', command: 'npx', args: ['-y', 'x'], env: { A: '1' }, cwd: undefined },
      record: 'redacted',
      holdMs: 50_000,
      showDenied: false,
    });
  });

  it('an address with headers, and how the firewall treats it', () => {
    const aegis = { record: 'none', hold: '2m', showDenied: true };
    const text = entry({ type: 'http', url: 'https://a.example/mcp', headers: { 'X-Key': '${KEY}' }, aegis });
    expect(parsed(text).get('shop')).toEqual({
      name: 'shop',
      upstream: { kind: 'http', url: 'https://a.example/mcp', headers: { 'X-Key': '${KEY}' } },
      record: 'none',
      holdMs: 120_000,
      showDenied: true,
    });
  });

  it('null, where nothing is meant', () => {
    const nothing = { type: null, args: null, env: null, cwd: null, url: null, httpUrl: null };
    expect(parsed(entry({ command: 'x', ...nothing })).get('shop')?.upstream).toEqual(
      parsed(entry({ command: 'x' })).get('shop')?.upstream,
    );
    expect(parsed(entry({ url: 'http://a', command: null, args: null })).get('shop')?.upstream.kind).toBe(
      'http',
    );
  });

  it("VS Code's shape, and what clients keep beside it", () => {
    const server = { type: 'stdio', command: 'x', timeout: 5, autoApprove: [], gallery: true };
    const text = JSON.stringify({ servers: { shop: server }, inputs: [] });
    expect(parsed(text).get('shop')?.upstream.kind).toBe('stdio');
  });

  it.each(['url', 'serverUrl', 'httpUrl'])('an address as clients spell it: %s', (key) => {
    expect(parsed(entry({ [key]: 'https://a.example/mcp' })).get('shop')?.upstream).toEqual({
      kind: 'http',
      url: 'https://a.example/mcp',
      headers: {},
    });
  });

  it('that a server is switched off, whatever else it says', () => {
    for (const server of [
      { command: 'x', disabled: true },
      { url: 'ws://a', disabled: true },
    ]) {
      expect(parsed(entry(server)).size).toBe(0);
      expect(problemOf(entry(server))).toBeUndefined();
    }
  });

  it('nothing', () => {
    expect(parsed('{"mcpServers":{}}').size).toBe(0);
  });
});

describe('what is refused, in words that name the field', () => {
  it.each([
    ['{', 'it is not valid JSON'],
    ['{"mcpServers":{"a":{"command":"x"},"a":{"command":"y"}}}', 'the same key twice'],
    ['{}', 'mcpServers: expected the servers under "mcpServers"'],
    ['{"mcpServers":{},"servers":{}}', 'mcpServers: '],
    ['{"mcpServers":{},"more":1}', 'more: unknown field'],
    ['{"mcpServers":{"a.b":{"command":"x"}}}', 'a.b'],
    [entry({}), 'mcpServers.shop.command: a server has either a command or a url'],
    [entry({ command: 'x', url: 'http://a' }), 'either a command or a url'],
    [entry({ comand: 'x' }), 'mcpServers.shop.comand: unknown field'],
    [entry({ command: 'x', headers: {} }), 'mcpServers.shop.headers: a server with a command has no headers'],
    [entry({ url: 'http://a', args: [] }), 'mcpServers.shop.args: '],
    [entry({ url: 'http://a', httpUrl: 'http://a' }), 'mcpServers.shop.httpUrl: a server has one address'],
    [entry({ url: 'ws://a' }), 'mcpServers.shop.url: expected an address'],
    [entry({ url: 'a.example/mcp' }), 'mcpServers.shop.url: expected an address'],
    [entry({ url: 'http://a b' }), 'mcpServers.shop.url: expected an address'],
    [entry({ url: 'http://a', headers: { 'X-Tenant': 42 } }), 'mcpServers.shop.headers.X-Tenant: '],
    [entry({ url: 'http://a', headers: { 'X-Tenant': null } }), 'mcpServers.shop.headers.X-Tenant: '],
    [entry({ url: 'http://a', headers: null }), 'mcpServers.shop.headers: '],
    [entry({ url: 'http://a', headers: { 'X Y': 'a' } }), 'mcpServers.shop.headers.X Y: no HTTP header'],
    [entry({ url: 'http://a', headers: { X: 'a\nb' } }), 'mcpServers.shop.headers.X: no HTTP header'],
    [
      entry({ url: 'http://a', headers: { 'Content-Length': '3' } }),
      'headers.Content-Length: no HTTP header',
    ],
    [entry({ url: 'http://a', headers: { 'transfer-encoding': 'chunked' } }), 'headers.transfer-encoding: '],
    ['{"mcpServers":{"shop":1}}', 'mcpServers.shop: '],
    [entry({ url: 'ftp://a' }), 'mcpServers.shop.url: expected an address'],
    [entry({ type: 'sse', url: 'http://a' }), 'older HTTP+SSE transport is not supported'],
    [entry({ type: 'http', command: 'x' }), 'mcpServers.shop.type: '],
    [entry({ command: 'x', args: 'y' }), 'mcpServers.shop.args: '],
    [entry({ command: 'x', env: { A: 1 } }), 'mcpServers.shop.env.A: '],
    [entry({ command: 'x', envFile: '.env' }), 'mcpServers.shop.envFile: unknown field'],
    [entry({ command: 'x', aegis: { hold: 50 } }), 'aegis.hold: expected a time such as "500ms"'],
    [entry({ command: 'x', aegis: { hold: '2h' } }), 'aegis.hold: expected a time such as "500ms"'],
    [
      entry({ command: 'x', aegis: { hold: '61m' } }),
      'aegis.hold: expected a time such as "500ms", "50s" or "2m", at most 60m',
    ],
    [entry({ command: 'x', aegis: { record: 'all' } }), 'aegis.record: expected one of none, digest'],
    [entry({ command: 'x', aegis: { recrd: 'none' } }), 'aegis.recrd: unknown field'],
  ])('%s: %s', (text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });
});

it('one odd entry, or all but one, keeps no good one from being read', () => {
  const odd = { socket: { url: 'ws://a' }, number: 1, 'a.b': { command: 'x' }, empty: {} };
  const read = parseServers(
    JSON.stringify({ mcpServers: { ...odd, good: { url: 'https://a.example/mcp' } } }),
  );
  expect(read).toMatchObject({ file: {} });
  if ('problem' in read) return;
  expect([...read.file.entries.keys()]).toEqual(['good']);
  expect([...read.file.problems.keys()]).toEqual(['socket', 'number', 'a.b', 'empty']);
});

it('whoever writes an entry can ask whether it will be read', () => {
  expect(serverProblem('shop', { url: 'https://a.example/mcp', headers: { A: '${A}' } })).toBeUndefined();
  expect(serverProblem('shop', { url: 'ws://a' })).toBe(
    'url: expected an address that starts with http:// or https://',
  );
});
