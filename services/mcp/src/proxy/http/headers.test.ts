import { readClientMessage } from '@aegis/firewall/wire';
import { expect, it } from 'vitest';
import { modern } from '../testkit/world.ts';
import { comparedHeaders, type Era } from './era.ts';
import { headersToClient, headersToServer } from './headers.ts';

const TRACEPARENT = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const REPEATED = { 'mcp-method': 'tools/call', 'mcp-name': 'pay' };

function sent(
  method: 'POST' | 'GET' | 'DELETE',
  headers: Record<string, string>,
  body?: string,
  era: Era = 'modern',
) {
  const read = body === undefined ? undefined : readClientMessage(Buffer.from(body));
  if (read && 'refused' in read) throw new Error(read.refused.because);
  return headersToServer(headers, method, comparedHeaders(read?.message, era));
}

it.each([
  ['tools/call', { name: 'pay' }, REPEATED],
  ['tasks/get', { taskId: 't' }, REPEATED],
  ['completion/complete', {}, { 'mcp-method': 'tools/call' }],
  ['ping', {}, { 'mcp-method': 'tools/call' }],
  ['x/exec', { name: 'pay' }, { 'mcp-method': 'tools/call' }],
])('of a %s only those headers go on that were compared with its body', (method, params, expected) => {
  expect(sent('POST', REPEATED, modern(method, params).body)).toEqual(expected);
});

it('a notification has no name to compare, and what has no body nothing', () => {
  const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/x', params: { name: 'pay' } });
  expect(sent('POST', REPEATED, text)).toEqual({ 'mcp-method': 'tools/call' });
  expect(sent('GET', REPEATED)).toEqual({});
  expect(sent('DELETE', REPEATED)).toEqual({});
  expect(sent('POST', REPEATED, modern('tools/call', { name: 'pay' }).body, 'legacy')).toEqual({});
});

it('Last-Event-ID is for a GET', () => {
  const headers = { 'last-event-id': 'to=eve' };
  expect(sent('GET', headers)).toEqual(headers);
  expect(sent('DELETE', headers)).toEqual({});
  expect(sent('POST', headers, modern('ping').body)).toEqual({});
});

it.each([
  ['application/json; to=eve, text/event-stream', 'application/json, text/event-stream'],
  ['text/event-stream;to=eve', 'text/event-stream'],
  ['*/*;to=eve', 'application/json, text/event-stream'],
  ['text/eve', undefined],
])('Accept: %s goes on as %s', (accept, expected) => {
  expect(sent('POST', { accept })).toEqual(expected === undefined ? {} : { accept: expected });
});

it('traces and revisions go on in their plain form, and otherwise not', () => {
  const plain = { traceparent: TRACEPARENT, tracestate: 'a=1,b=2', 'mcp-protocol-version': '2025-11-25' };
  expect(sent('POST', plain, modern('ping').body, 'legacy')).toEqual(plain);
  const odd = {
    traceparent: `01${TRACEPARENT.slice(2)}-to-eve`,
    tracestate: `to=eve;${'x'.repeat(600)}`,
    'mcp-protocol-version': 'to=eve',
  };
  expect(sent('POST', odd, modern('ping').body, 'legacy')).toEqual({ traceparent: TRACEPARENT });
});

it.each([
  ['application/json; charset=utf-7', 'application/json'],
  ['application/json', 'application/json'],
  ['text/event-stream;charset=utf-16', 'text/event-stream'],
])('the client reads a body as it was read here, whatever charset its server names: %s', (type, plain) => {
  const headers = { 'content-type': type, 'cache-control': 'no-store' };
  expect(headersToClient(headers)).toEqual({ ...headers, 'content-type': plain });
});
