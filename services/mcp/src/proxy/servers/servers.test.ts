import { describe, expect, it } from 'vitest';
import type { Upstream } from './entry.ts';
import { expandUpstream } from './expand.ts';
import { parseServers } from './parse-servers.ts';

const entry = (value: object): string => JSON.stringify({ mcpServers: { shop: value } });

function parsed(text: string) {
  const read = parseServers(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.file;
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

  it("VS Code's shape, and what clients keep beside it", () => {
    const server = { type: 'stdio', command: 'x', timeout: 5, autoApprove: [], gallery: true };
    const text = JSON.stringify({ servers: { shop: server }, inputs: [] });
    expect(parsed(text).get('shop')?.upstream.kind).toBe('stdio');
  });

  it('that a server is switched off', () => {
    expect(parsed(entry({ command: 'x', disabled: true })).size).toBe(0);
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
    expect(parseServers(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

const stdio = (arg: string): Upstream => ({
  kind: 'stdio',
  command: 'x',
  args: [arg],
  env: {},
  cwd: undefined,
});

const filled = (arg: string, env: Record<string, string> = { A: 'one', B: '', C: '${A}' }) =>
  expandUpstream(stdio(arg), env);

describe('what stands for the environment', () => {
  it.each([
    ['${A}', 'one'],
    ['${env:A}/${A}', 'one/one'],
    ['${MISSING:-else}', 'else'],
    ['${env:B:-else}', 'else'],
    ['${MISSING:-a:-b}', 'a:-b'],
    ['$A $$ {A}', '$A $$ {A}'],
    // What a variable says is not looked into again.
    ['${C}', '${A}'],
  ])('%s is %s', (written, expected) => {
    expect(filled(written)).toEqual({ upstream: stdio(expected) });
  });

  it.each([
    ['${MISSING}', 'the environment variable MISSING is not set'],
    ['${B}', 'the environment variable B is not set'],
    ['${input:token}', "${input:token} can't be filled in"],
    ['${}', "${} can't be filled in"],
  ])('%s: %s', (written, problem) => {
    expect(filled(written)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('is filled in wherever an address or a command has room for it', () => {
    const http: Upstream = { kind: 'http', url: 'https://${H}/mcp', headers: { 'X-Key': 'k ${K}' } };
    expect(expandUpstream(http, { H: 'a.example', K: 's' })).toEqual({
      upstream: { kind: 'http', url: 'https://a.example/mcp', headers: { 'X-Key': 'k s' } },
    });
    const command: Upstream = { kind: 'stdio', command: '${C}', args: [], env: { A: '${C}' }, cwd: '/${C}' };
    expect(expandUpstream(command, { C: 'c' })).toEqual({
      upstream: { kind: 'stdio', command: 'c', args: [], env: { A: 'c' }, cwd: '/c' },
    });
  });
});
