import { type Message, readClientMessage } from '@aegis/firewall/wire';
import { describe, expect, it } from 'vitest';
import { message, modern } from '../testkit/world.ts';
import { eraOf } from './era.ts';

function read(body: string): Message {
  const result = readClientMessage(Buffer.from(body));
  if ('refused' in result) throw new Error(result.refused.because);
  return result.message;
}

const CALL = modern('tools/call', { name: 'echo', arguments: {} });
const era = (body: string, headers: Record<string, string>) => eraOf(read(body), headers);
const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('what belongs to the older revisions', () => {
  it.each([
    ['a request without an envelope', message('tools/call', { name: 'x' }, 1), {}],
    [
      'whatever its headers say',
      message('tools/call', { name: 'x' }, 1),
      { 'mcp-method': 'ping', 'mcp-name': 'y' },
    ],
    [
      'with an older revision in its header',
      message('ping', undefined, 1),
      { 'mcp-protocol-version': '2025-11-25' },
    ],
    [
      'a response',
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }),
      { 'mcp-protocol-version': '2025-11-25' },
    ],
  ])('%s', (_what, body, headers) => {
    expect(era(body, headers as Record<string, string>)).toBe('legacy');
  });
});

describe('a modern request', () => {
  it('passes where its headers say what it says', () => {
    expect(era(CALL.body, CALL.headers)).toBe('modern');
  });

  it.each([
    ['plain', 'echo'],
    ['encoded', base64('echo')],
    ['with spaces around', ' echo\t'],
  ])('passes with its name %s', (_how, name) => {
    expect(era(CALL.body, { ...CALL.headers, 'mcp-name': name })).toBe('modern');
  });

  it('passes with a name that only Base64 can carry', () => {
    const { body, headers } = modern('tools/call', { name: 'größe\n' });
    expect(era(body, { ...headers, 'mcp-name': base64('größe\n') })).toBe('modern');
  });

  it.each([
    ['another method', { 'mcp-method': 'tools/list' }],
    ['a method in other letters', { 'mcp-method': 'Tools/Call' }],
    ['two methods', { 'mcp-method': 'tools/call, tools/call' }],
    ['another name', { 'mcp-name': 'Echo' }],
    ['another name, encoded', { 'mcp-name': base64('other') }],
    ['a name in Base64 that is not well written', { 'mcp-name': '=?base64?ZWNobw?=' }],
    ['a name in Base64 that is not UTF-8', { 'mcp-name': '=?base64?/w==?=' }],
    ['another revision', { 'mcp-protocol-version': '2025-11-25' }],
    ['a later revision', { 'mcp-protocol-version': '2027-01-01' }],
  ])('is refused as a mismatch with %s', (_what, headers) => {
    expect(era(CALL.body, { ...CALL.headers, ...headers })).toMatchObject({ code: -32_020 });
  });

  it.each(['mcp-protocol-version', 'mcp-method', 'mcp-name'])('is refused without %s', (missing) => {
    const headers = Object.fromEntries(Object.entries(CALL.headers).filter(([name]) => name !== missing));
    expect(era(CALL.body, headers)).toMatchObject({ code: -32_020 });
  });

  it('needs no name where its method has none', () => {
    const { body, headers } = modern('tools/list');
    expect(era(body, headers)).toBe('modern');
  });

  it.each([
    ['resources/read', { uri: 'file:///a' }, 'file:///b'],
    ['prompts/get', { name: 'a' }, 'b'],
    ['tasks/get', { taskId: 'a' }, 'b'],
  ])('%s names what it is about', (method, params, other) => {
    const { body, headers } = modern(method, params);
    expect(era(body, { ...headers, 'mcp-name': other })).toMatchObject({ code: -32_020 });
  });
});

describe('what can be neither', () => {
  it('a modern header over a body without an envelope', () => {
    const body = message('tools/call', { name: 'x' }, 1);
    expect(era(body, { 'mcp-protocol-version': '2026-07-28' })).toMatchObject({ code: -32_602 });
  });

  it('initialize under a modern header', () => {
    const body = message('initialize', {}, 1);
    expect(era(body, { 'mcp-protocol-version': '2026-07-28' })).toMatchObject({ code: -32_020 });
  });

  it('a response under a modern header', () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} });
    expect(era(body, { 'mcp-protocol-version': '2026-07-28' })).toMatchObject({ code: -32_020 });
  });

  it('an envelope whose revision is no text', () => {
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': 5 } };
    expect(era(message('ping', params, 1), {})).toMatchObject({ code: -32_602 });
  });
});
