import { MAX_ARGUMENT_BYTES } from '@aegis/contracts/call';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../wire/message.ts';
import { callOf, requestOf, requestText } from '../testkit/client.ts';
import { readCall } from './call.ts';
import { createTaskOwners } from './tasks.ts';

const tasks = createTaskOwners();
const read = (request: Request) => readCall('files', request, { tasks, as: 'named' });

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const withArguments = (json: string) =>
  requestText(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":${json}}}`);

const besides = (levels: number) =>
  requestText(
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","odd":${nested(levels)}}}`,
  );
const sending = (more: object) => read(callOf('read', { a: 1 }, more));
const update = (taskId: unknown) => requestOf('tasks/update', { taskId, inputResponses: { ask: {} } });

describe('what a request wants to do', () => {
  it('a tool call is named by its server and its tool', () => {
    expect(read(callOf('a/b.c', { x: 1 }))).toEqual({
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
    expect(read(requestOf('resources/read', { uri }))).toMatchObject({ requested: resource });
    expect(read(requestOf('resources/subscribe', { uri }))).toMatchObject({
      requested: resource,
    });
    expect(read(requestOf('prompts/get', { name: 'p q', arguments: { a: '1' } }))).toMatchObject({
      requested: {
        tool: 'files.prompts/get',
        door: 'prompt:p q',
        args: { name: 'p q', arguments: { a: '1' } },
      },
    });
  });

  it.each([
    ['tools/call', { arguments: {} }],
    ['tools/call', { name: 7 }],
    ['tools/call', { name: 'a', arguments: [] }],
    ['tools/call', undefined],
    ['resources/read', { uri: ['file:///a'] }],
    ['resources/subscribe', {}],
    ['prompts/get', { name: 'p', arguments: 'a' }],
  ])('%s with parameters %j is no such request', (method, params) => {
    expect(read(requestOf(method, params))).toHaveProperty('invalid');
  });

  it.each(['', 'a b', 'read\u200b', 'réad', 'a'.repeat(252), 'resources/read', 'prompts/get'])(
    'a tool named %j is blocked, not normalised',
    (name) => expect(read(callOf(name))).toHaveProperty('blocked'),
  );

  it('a URI that no rule could hold is blocked', () => {
    const uri = `file:///${'a'.repeat(8_200)}`;
    expect(read(requestOf('resources/read', { uri }))).toHaveProperty('blocked');
  });
});

describe('what is added to a task', () => {
  it('is part of the call that made it', () => {
    tasks.made('files', 't1', 'ann', { tool: 'files.pay', name: 'pay', args: { amount: 1 } });
    expect(read(update('t1'))).toMatchObject({
      requested: {
        method: 'tasks/update',
        tool: 'files.pay',
        name: 'pay',
        args: { amount: 1 },
        input: { method: 'tasks/update', taskId: 't1', inputResponses: { ask: {} } },
      },
    });
  });

  it('has a name of its own where nobody remembers the call', () => {
    expect(read(update('t2'))).toMatchObject({ requested: { tool: 'files.tasks/update', name: undefined } });
    expect(read(update(7))).toHaveProperty('invalid');
  });
});

describe('what is sent besides the arguments', () => {
  it('is read as it came, and is nothing for most calls', () => {
    expect(sending({ task: { ttl: 1 }, odd: [1] })).toMatchObject({
      requested: { args: { a: 1 }, input: { task: { ttl: 1 }, odd: [1] } },
    });
    expect(read(callOf('read', { a: 1 }, { _meta: { progressToken: 7 } }))).toMatchObject({
      requested: { input: undefined },
    });
  });

  it('may have a mebibyte, and 64 levels', () => {
    expect(sending({ odd: 'a'.repeat(MAX_ARGUMENT_BYTES) })).toHaveProperty('blocked');
    expect(read(besides(63))).toHaveProperty('requested');
    expect(read(besides(64))).toHaveProperty('blocked');
  });
});

describe('arguments', () => {
  it('may have a mebibyte, however they are written, and no more', () => {
    const room = MAX_ARGUMENT_BYTES - '{"t":""}'.length;
    expect(read(withArguments(`{"t":"${'a'.repeat(room)}"}`))).toHaveProperty('requested');
    expect(read(withArguments(`{"t":"${'a'.repeat(room + 1)}"}`))).toHaveProperty('blocked');
    expect(read(withArguments(`{"t":"${'é'.repeat(room / 2)}é"}`))).toHaveProperty('blocked');
    const escaped = `{ "t" : "${'\\u0061'.repeat(room)}" }`;
    expect(read(withArguments(escaped))).toHaveProperty('requested');
    const oneMore = `{"t":"${'\\u0061'.repeat(room + 1)}"}`;
    expect(read(withArguments(oneMore))).toHaveProperty('blocked');
    // With all zeros of these it would be more.
    const numbers = `{"p":"${'a'.repeat(900_000)}","t":[${Array(19_000).fill('9e15').join()}]}`;
    expect(read(withArguments(numbers))).toHaveProperty('requested');
  });

  it('may nest 64 levels', () => {
    expect(read(withArguments(nested(64)))).toHaveProperty('requested');
    expect(read(withArguments(nested(65)))).toHaveProperty('blocked');
  });

  it.each(['9007199254740993', '1e400', '-1e400', '1e-400', '0.1000000000000000055', '-0.0'])(
    'may have the number %s, and are as they are written',
    (number) => {
      const text = `{"n":${number}}`;
      const one = read(withArguments(text));
      expect('requested' in one && JSON.stringify(one.requested.args)).toBe(text);
    },
  );
});
