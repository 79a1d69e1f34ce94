import { MAX_ARGUMENT_BYTES } from '@aegis/contracts/call';
import { describe, expect, it } from 'vitest';
import { callOf, requestOf, requestText } from '../testkit/client.ts';
import { readCall } from './call.ts';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const withArguments = (json: string) =>
  requestText(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":${json}}}`);

describe('what a request wants to do', () => {
  it('a tool call is named by its server and its tool', () => {
    expect(readCall('files', callOf('a/b.c', { x: 1 }))).toEqual({
      requested: {
        method: 'tools/call',
        tool: 'files.a/b.c',
        name: 'a/b.c',
        door: undefined,
        args: { x: 1 },
      },
    });
  });

  it('side doors are named as rules name them', () => {
    const uri = 'file:///etc/passwd';
    const resource = {
      tool: 'files.resources/read',
      door: `resource:${uri}`,
      args: { uri },
      name: undefined,
    };
    expect(readCall('files', requestOf('resources/read', { uri }))).toMatchObject({ requested: resource });
    expect(readCall('files', requestOf('resources/subscribe', { uri }))).toMatchObject({
      requested: resource,
    });
    expect(readCall('files', requestOf('prompts/get', { name: 'p q', arguments: { a: '1' } }))).toMatchObject(
      {
        requested: {
          tool: 'files.prompts/get',
          door: 'prompt:p q',
          args: { name: 'p q', arguments: { a: '1' } },
        },
      },
    );
  });

  it.each([
    ['tools/call', { arguments: {} }],
    ['tools/call', { name: 7 }],
    ['tools/call', { name: 'a', arguments: [] }],
    ['tools/call', { name: 'a', arguments: null }],
    ['tools/call', undefined],
    ['resources/read', { uri: ['file:///a'] }],
    ['resources/subscribe', {}],
    ['prompts/get', { name: 'p', arguments: 'a' }],
  ])('%s with parameters %j is no such request', (method, params) => {
    expect(readCall('files', requestOf(method, params))).toHaveProperty('invalid');
  });

  it.each(['', 'a b', 'read\u200b', 'réad', 'a'.repeat(252), 'resources/read', 'prompts/get'])(
    'a tool named %j is blocked, not normalised',
    (name) => expect(readCall('files', callOf(name))).toHaveProperty('blocked'),
  );

  it('a URI that no rule could hold is blocked', () => {
    const uri = `file:///${'a'.repeat(8_200)}`;
    expect(readCall('files', requestOf('resources/read', { uri }))).toHaveProperty('blocked');
  });
});

describe('arguments', () => {
  it('may have a mebibyte, however they are written, and no more', () => {
    const room = MAX_ARGUMENT_BYTES - '{"t":""}'.length;
    expect(readCall('files', withArguments(`{"t":"${'a'.repeat(room)}"}`))).toHaveProperty('requested');
    expect(readCall('files', withArguments(`{"t":"${'a'.repeat(room + 1)}"}`))).toHaveProperty('blocked');
    expect(readCall('files', withArguments(`{"t":"${'é'.repeat(room / 2)}é"}`))).toHaveProperty('blocked');
    const escaped = `{ "t" : "${'\\u0061'.repeat(room)}" }`;
    expect(readCall('files', withArguments(escaped))).toHaveProperty('requested');
    const oneMore = `{"t":"${'\\u0061'.repeat(room + 1)}"}`;
    expect(readCall('files', withArguments(oneMore))).toHaveProperty('blocked');
    const numbers = `{"t":[${Array(90_000).fill('9e15').join()}]}`;
    expect(readCall('files', withArguments(numbers))).toHaveProperty('requested');
  });

  it('may nest 64 levels', () => {
    expect(readCall('files', withArguments(nested(64)))).toHaveProperty('requested');
    expect(readCall('files', withArguments(nested(65)))).toHaveProperty('blocked');
  });

  it.each(['9007199254740993', '1e400', '-1e400', '1e-400'])(
    'with the number %s could be two calls',
    (number) => {
      expect(readCall('files', withArguments(`{"n":${number}}`))).toHaveProperty('blocked');
    },
  );
});
