import { describe, expect, it } from 'vitest';
import type { Gate } from './api.ts';
import {
  answered,
  answerOf,
  callOf,
  MODERN,
  notification,
  requestOf,
  requestText,
  saidNo,
  send,
} from './testkit/client.ts';
import { tool } from './testkit/upstream.ts';
import { data, eventsOf, gate, publish, until, useWorld, world } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';
const REFUSED = 'aegis.call.refused.v1';
const PASSED = 'aegis.call.passed.v1';
/** Its answer is looked through for what it asks of the client. */
const ANSWER_JUDGED = { passes: true, ended: expect.any(Function) };

useWorld({
  version: 2,
  rules: [
    { match: 'resource:file:///etc/*', decision: 'deny' },
    { match: 'prompt:secret*', decision: 'deny' },
    { match: '*.write', decision: 'allow', when: { 'args.path': { path_within: '/srv' } } },
    { match: '*.write', decision: 'deny', description: 'only below /srv' },
    { match: '*', decision: 'allow' },
  ],
});

const call = (args: string) =>
  requestText(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read","arguments":${args}}}`);
const refusals = async (count: number) => {
  await until(() => eventsOf(REFUSED).length >= count);
  return eventsOf(REFUSED).map((event) => data(event)['because']);
};

const write = (one: Gate, path: string) => send(one, callOf('write', { path })).disposition;

describe('what can not be judgement is not sent, and the next call passes', () => {
  it.each([
    ['arguments over a mebibyte', call(`{"t":"${'a'.repeat(1_048_576)}"}`), 'larger than 1048576 bytes'],
    ['arguments of 65 levels', call(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`), 'deeper than 64'],
    ['a name outside the alphabet', callOf('re\u200bad'), "a tool's name has"],
  ])('%s', async (_, request, why) => {
    const one = gate();
    expect(saidNo(await send(one, request).disposition)).toContain(why);
    expect((await refusals(1))[0]).toContain(why);
    expect((await send(one, callOf('read', { a: 1 })).disposition).type).toBe('forward');
    await until(() => eventsOf(DECIDED).length === 1);
  });

  it('parameters of the wrong shape', async () => {
    const disposition = await send(gate(), callOf('read', ['a'])).disposition;
    expect(answerOf(disposition).error).toMatchObject({ code: -32602 });
    expect(await refusals(1)).toEqual(['params.arguments: expected an object']);
  });

  it.each(['tools/call', 'tools/list', 'resources/read', 'prompts/get', 'tasks/cancel', 'initialize'])(
    '%s without an id',
    async (method) => {
      expect(gate().clientNotification(notification(method, { name: 'read' }))).toBe('drop');
      expect(await refusals(1)).toEqual([`${method} without an id`]);
    },
  );

  it('a message that could not be read at all is on record by its digest', async () => {
    gate().refused('The message has the same key twice.', Buffer.from('{"a":1,"a":2}'));
    await refusals(1);
    expect(data(eventsOf(REFUSED)[0])).toMatchObject({
      message_bytes: 13,
      principal: 'os-user:ann',
      server: 'files',
    });
  });
});

describe('arguments that a rule looks at', () => {
  it.each(['/srv/a', '/srv/x/../a'])('%s is written', async (path) => {
    expect((await write(gate(), path)).type).toBe('forward');
  });

  it.each(['/etc/passwd', '/srv/../etc/passwd', '/srv/%2e%2e/etc/passwd', '//etc/passwd'])(
    '%s is not',
    async (path) => {
      expect((await write(gate({ holdMs: 0 }), path)).type).toBe('answer');
    },
  );

  it('keys that differ only by case go to a person, since a server may read either', async () => {
    const request = callOf('write', { path: '/srv/a', Path: '/etc/passwd' });
    expect(saidNo(await send(gate({ holdMs: 0 }), request).disposition)).toContain('is pending');
    expect(world.people.enforces[0]?.review_because?.[0]).toContain('differ only by case');
    await publish({ version: 2, rules: [{ match: '*', decision: 'allow' }] });
    for (;;) if ((await send(gate({ holdMs: 0 }), request).disposition).type === 'forward') break;
  });
});

const listen = (...resourceSubscriptions: unknown[]) =>
  requestOf('subscriptions/listen', { _meta: MODERN, notifications: { resourceSubscriptions } });

describe('side doors', () => {
  it.each([
    ['resources/read', { uri: 'file:///etc/passwd' }],
    ['resources/subscribe', { uri: 'file:///etc/passwd' }],
    ['prompts/get', { name: 'secret-plan' }],
  ])('%s is judgement by what it opens, and is on record', async (method, params) => {
    const disposition = await send(gate(), requestOf(method, params)).disposition;
    expect(answerOf(disposition).error).toMatchObject({
      code: -32010,
      message: expect.stringContaining('blocked'),
    });
    await until(() => eventsOf(DECIDED).length === 1);
    expect(data(eventsOf(DECIDED)[0])).toMatchObject({
      outcome: 'blocked',
      door: expect.stringMatching(/^(resource|prompt):/),
    });
  });

  it('a subscription is denied where a rule denies one of its resources', async () => {
    const one = gate();
    const denied = await send(one, listen('file:///srv/a', 'file:///etc/passwd')).disposition;
    expect(answerOf(denied).error).toMatchObject({ code: -32010 });
    expect(answerOf(await send(one, listen(7)).disposition).error).toMatchObject({ code: -32602 });
    for (const twin of ['resource_subscriptions', 'ResourceSubscriptions']) {
      const hidden = { _meta: MODERN, notifications: { [twin]: ['file:///etc/passwd'] } };
      const disposition = await send(one, requestOf('subscriptions/listen', hidden)).disposition;
      expect(answerOf(disposition).error).toMatchObject({ code: -32602 });
    }
    const open = listen('file:///srv/a');
    expect(await send(one, open).disposition).toEqual({ type: 'forward', text: open.text, ...ANSWER_JUDGED });
    await until(() => eventsOf(PASSED).length === 1 && eventsOf(DECIDED).length === 1);
  });

  it('an open one passes, on record', async () => {
    const disposition = await send(gate(), requestOf('resources/read', { uri: 'file:///srv/a' })).disposition;
    expect(answered(disposition, { result: { contents: [] } })).toContain('contents');
    await until(() => eventsOf(DECIDED).length === 1);
    expect(data(eventsOf(DECIDED)[0])).toMatchObject({
      outcome: 'allowed',
      call: { tool: 'files.resources/read' },
      door: 'resource:file:///srv/a',
      dispatch: { method: 'resources/read' },
    });
  });

  it('tasks pass, on record', async () => {
    const one = gate();
    for (const [method, params] of [
      ['tasks/get', { taskId: 't', requestState: { token: 'x' } }],
      ['tasks/cancel', { taskId: 't' }],
    ] as const) {
      const request = requestOf(method, params);
      expect(await send(one, request).disposition).toEqual({
        type: 'forward',
        text: request.text,
        ...ANSWER_JUDGED,
      });
    }
    await until(() => eventsOf(PASSED).length === 2);
    expect(data(eventsOf(PASSED)[0])).toMatchObject({
      params_digest: expect.stringMatching(/^sha256:/),
      recorded_params: { taskId: 't', requestState: { token: '[redacted]' } },
    });
  });

  it.each(['completion/complete', 'tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/list'])(
    '%s with members that it does not have is refused, on record',
    async (method) => {
      const request = requestOf(method, { inputResponses: { ask: {} } });
      expect(answerOf(await send(gate(), request).disposition).error).toMatchObject({ code: -32602 });
      await until(() => eventsOf(REFUSED).length === 1);
      expect(eventsOf(PASSED)).toEqual([]);
    },
  );
});

it.each([
  ['{"jsonrpc":"2.0" , "id":"x","method":"ping","params":{"n":1e400,"a":[1.0]}}', true],
  // Of a list, the answer is looked through.
  ['{"jsonrpc":"2.0","id":1,"method":"resources/list", "params":{"cursor":"\\u0061"}}', false],
])('what names nothing and does nothing passes byte for byte, and unrecorded: %s', async (text, passes) => {
  const one = gate();
  expect(await send(one, requestText(text)).disposition).toEqual({
    type: 'forward',
    text,
    ...ANSWER_JUDGED,
    passes,
  });
  expect(one.clientNotification(notification('notifications/initialized'))).toBe('forward');
  expect(one.serverNotification(notification('notifications/message', { data: 1 }))).toBe('forward');
  await send(one, callOf('read')).disposition;
  await until(() => eventsOf(DECIDED).length === 1);
  expect(eventsOf(PASSED)).toEqual([]);
});

it('a thousand completions at once are all on record', async () => {
  const one = gate();
  const complete = { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: 'v' } };
  const passages = await Promise.all(
    Array.from(
      { length: 1_000 },
      (_, id) => send(one, requestOf('completion/complete', complete, id)).disposition,
    ),
  );
  expect(new Set(passages.map(({ type }) => type))).toEqual(new Set(['forward']));
  await until(() => eventsOf(DECIDED).length === 1_000);
});

it('a task belongs to the principal whose call made it', async () => {
  const disposition = await send(gate(), callOf('read', {}, { task: {} })).disposition;
  answered(disposition, { result: { task: { taskId: 't1' } } });
  const get = requestOf('tasks/get', { taskId: 't1' });
  expect((await send(gate(), get).disposition).type).toBe('forward');
  const others = await send(gate({ principal: 'key:bob' }), get).disposition;
  expect(answerOf(others).error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('no such task'),
  });
  await until(() => eventsOf('aegis.call.succeeded.v1').length === 1);
  expect(data(eventsOf('aegis.call.succeeded.v1')[0])).toMatchObject({ accepted: true });
});

it.each([
  ['tasks/get', { taskId: 't1' }],
  ['tasks/update', { taskId: 't1', inputResponses: {} }],
  ['tasks/cancel', { taskId: 't1' }],
  ['tasks/get', { taskId: ['t1'] }],
  ['subscriptions/listen', { notifications: { taskIds: ['t1'] } }],
  ['subscriptions/listen', { notifications: { task_ids: ['t1'] } }],
])('nobody else reaches a task of the 2026 era by %s with %j', async (method, params) => {
  const disposition = await send(gate({ principal: 'key:ann' }), callOf('read', {}, { _meta: MODERN }))
    .disposition;
  answered(disposition, { result: { resultType: 'task', taskId: 't1', status: 'working' } });
  const asking = requestOf(method, { ...params, _meta: MODERN });
  expect(answerOf(await send(gate({ principal: 'key:bob' }), asking).disposition).error).toMatchObject({
    code: -32602,
  });
});

it('its maker listens to a task of the 2026 era', async () => {
  const one = gate({ principal: 'key:ann' });
  answered(await send(one, callOf('read', {}, { _meta: MODERN })).disposition, {
    result: { resultType: 'task', taskId: 't1', status: 'working' },
  });
  const listening = requestOf('subscriptions/listen', { _meta: MODERN, notifications: { taskIds: ['t1'] } });
  expect((await send(one, listening).disposition).type).toBe('forward');
});

it('the client is in every decision: as it said at the start, or with each request', async () => {
  const older = gate();
  await send(older, requestOf('initialize', { clientInfo: { name: 'old', version: '1' } })).disposition;
  await send(older, callOf('read')).disposition;
  await send(gate(), callOf('read', {}, { _meta: MODERN })).disposition;
  await until(() => eventsOf(DECIDED).length === 2);
  expect(older.client()).toEqual({ name: 'old', version: '1' });
  expect(eventsOf(DECIDED).map((event) => data(event)['client'])).toEqual([
    { name: 'old', version: '1' },
    { name: 'test', version: '1' },
  ]);
});

it.each([
  ['none', { args_digest: undefined }, undefined],
  ['digest', { args_digest: expect.stringMatching(/^sha256:/) }, undefined],
  ['redacted', { args_digest: expect.stringMatching(/^sha256:/) }, { path: 'a', token: '[redacted]' }],
  ['full', { args_digest: expect.stringMatching(/^sha256:/) }, { path: 'a', token: 'x' }],
] as const)('recorded %s, the arguments are kept as far as that', async (record, digests, kept) => {
  await send(gate({ record }), callOf('read', { path: 'a', token: 'x' })).disposition;
  await until(() => eventsOf(DECIDED).length === 1);
  const decision = data(eventsOf(DECIDED)[0]);
  expect(decision['recorded_args']).toEqual(kept);
  expect(decision['call']).toMatchObject({ call_digest: expect.stringMatching(/^sha256:/) });
  expect((decision['call'] as { args_digest?: string }).args_digest).toEqual(digests.args_digest);
});

it('a list that the rules empty keeps its cursor, and the hidden tool is blocked all the same', async () => {
  await publish({ version: 2, rules: [{ match: '*', decision: 'deny' }] });
  const one = gate();
  for (;;) if ((await send(one, callOf('read')).disposition).type === 'answer') break;
  const disposition = await send(one, requestOf('tools/list')).disposition;
  const text = answered(disposition, { result: { tools: [tool('read')], nextCursor: 'c' } });
  expect(JSON.parse(text)).toMatchObject({ result: { tools: [], nextCursor: 'c' } });
});
