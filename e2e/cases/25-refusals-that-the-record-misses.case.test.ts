import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuditEntry, enforce, get, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

type Line = AuditEntry & { note: string };

let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({ rules: [{ match: '*', decision: 'allow' }] });
});
afterAll(() => stack.stop());

const mcp = (body: string) =>
  fetch(stack.mcpUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body,
  });
const toolCall = (tool: string, args: object) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } });

it('what is refused before it is a decision is counted, at each door, by kind and source', async () => {
  for (let n = 0; n < 3; n++) await enforce(stack.url, '{"tool":');
  await enforce(stack.url, { tool: 'rеfunds' });
  await enforce(stack.url, { tool: 'a', args: { t: 'x'.repeat(1_048_576) } });
  await post(stack.url, '/approvals/a/approve', {});
  await mcp('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}');
  await mcp(toolCall('firewall_enforce', { tool: 'no such name!' }));
  for (const odd of [
    'no http',
    'CONNECT a:1 HTTP/1.1',
    'GET /mcp HTTP/1.1\r\nHost: localhost\r\nExpect: miracles',
  ]) {
    const socket = connect(Number(new URL(stack.mcpUrl).port), '127.0.0.1');
    socket.write(`${odd}\r\n\r\n`);
    await once(socket.resume(), 'close');
  }
  const notes = async (): Promise<string> => {
    const { body } = await get<{ entries: Line[] }>(stack.url, '/audit?status=refused&ok=false');
    expect(body.entries.every(({ action }) => action === 'requests.refused')).toBe(true);
    return body.entries.map(({ note }) => note).join('\n');
  };
  await expect.poll(notes).toMatch(/over MCP since/);
  await expect.poll(notes).toMatch(/over REST since/);
  const said = await notes();
  for (const kind of ['3 invalid_json', '1 invalid_request', '1 payload_too_large', '1 unauthorized'])
    expect(said).toContain(`${kind} of 127.0.0.1`);
  expect(said).toContain('1 http_400 of ');
  expect(said).toContain('1 invalid_request of anonymous');
  for (const kind of ['not_http', 'http_405', 'http_417']) expect(said).toContain(`1 ${kind} of 127.0.0.1`);
});

it('what was refused just before the end is in the record too', async () => {
  await enforce(stack.url, '{"tool":');
  await stack.end();
  const lines = (await readFile(stack.auditPath, 'utf8')).trim().split('\n');
  const last = lines
    .map((line) => JSON.parse(line) as Line)
    .findLast(({ action }) => action === 'requests.refused');
  expect(last?.note).toMatch(/^1 over REST since .*: 1 invalid_json of 127\.0\.0\.1$/);
});
