import { parseEnv } from '@aegis/kit/env';
import { expect, it } from 'vitest';
import { McpEnv } from './config.ts';

it('listens on 127.0.0.1:8001 by default and allows no further names', () => {
  const expected = { HOST: '127.0.0.1', MCP_PORT: 8001, REQUEST_TIMEOUT_MS: 1500, ALLOWED_HOSTS: [] };
  expect(parseEnv(McpEnv, {})).toMatchObject(expected);
});

it('takes allowed names in any case, with spaces, without empty ones', () => {
  expect(parseEnv(McpEnv, { ALLOWED_HOSTS: ' MCP ,,a.example ' }).ALLOWED_HOSTS).toEqual([
    'mcp',
    'a.example',
  ]);
});

it('takes the keys of _meta that are no part of a call', () => {
  expect([...parseEnv(McpEnv, {}).MCP_UNBOUND_META]).toEqual([]);
  const listed = parseEnv(McpEnv, { MCP_UNBOUND_META: ' com.example/turn, a,,' }).MCP_UNBOUND_META;
  expect([...listed]).toEqual(['com.example/turn', 'a']);
});

it('has no servers and asks for no keys by default', () => {
  const config = parseEnv(McpEnv, {});
  expect(config).toMatchObject({
    MCP_SERVERS: 'mcp-servers.json',
    MCP_MAX_PROCESSES: 32,
    MCP_IDLE_MS: 600_000,
  });
  expect(config.MCP_KEYS_FILE).toBeUndefined();
});

it.each([
  ['CONSOLE_URL', 'console', 'expected an address that starts with http:// or https://'],
  ['CONSOLE_URL', 'javascript:alert(1)', 'expected an address that starts with http:// or https://'],
  ['MCP_MAX_PROCESSES', '0', 'expected a whole number from 1 on'],
])('refuses %s=%s by name', (name, value, problem) => {
  expect(() => parseEnv(McpEnv, { [name]: value })).toThrow(`${name}: ${problem}`);
});
