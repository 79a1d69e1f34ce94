import { parseEnv } from '@aegis/shared/runtime/env';
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
