import type { PolicyRule } from '@aegis/policy-engine';
import { describe, expect, it } from 'vitest';
import { answered, answerOf, MODERN, notification, requestOf, requestText, send } from './testkit/client.ts';
import { inForce } from './testkit/in-force.ts';
import { data, eventsOf, gate, until, useWorld, world } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';
const PROMPT = { ref: { type: 'ref/prompt', name: 'plan' }, argument: { name: 'a', value: '' } };
const template = (uri: string, value = '') => ({
  ref: { type: 'ref/resource', uri },
  argument: { name: 'f', value },
});
const DENY: PolicyRule = { match: '*', decision: 'deny' };

useWorld({ version: 2, rules: [] });

/** A gate under these rules. */
async function under(...rules: PolicyRule[]) {
  await inForce(...rules);
  return gate({ holdMs: 0 });
}

describe('a policy that denies everything', () => {
  it.each([
    ['tools//call', { name: 'wipe' }],
    ['/tools/call', { name: 'wipe' }],
    ['tools.call', { name: 'wipe' }],
    ['tools%2Fcall', { name: 'wipe' }],
    ['x/exec', { all: true }],
    ['resources/write', { uri: 'file:///etc/passwd' }],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['prompts/list', {}],
    ['resources/unsubscribe', { uri: 'file:///etc/passwd' }],
    ['logging/setLevel', { level: 'debug' }],
    ['completion/complete', PROMPT],
    ['completion/complete', template('file:///srv/{f}')],
    ['sampling/createMessage', { messages: [] }],
    ['elicitation/create', { message: 'x' }],
    ['roots/list', {}],
    ['tasks/get', { taskId: 't' }],
    ['tasks/list', {}],
    ['subscriptions/listen', { _meta: MODERN, notifications: { toolsListChanged: true } }],
    ['ping', { _meta: MODERN }],
  ])('denies %s with %j, on record', async (method, params) => {
    const one = await under(DENY);
    const { disposition } = send(one, requestOf(method, params));
    expect(answerOf(await disposition).error).toMatchObject({ code: -32010 });
    await until(() => world.events.length === 1);
    expect(JSON.stringify(world.events[0])).toMatch(/blocked|refused/);
  });

  it.each(['x/exec', 'notifications/x', 'notifications/tools/call'])(
    'denies a notification %s, on record by its name',
    async (method) => {
      const one = await under(DENY);
      expect(one.clientNotification(notification(method, { all: true }))).toBe('drop');
      await until(() => eventsOf(DECIDED).length === 1);
      expect(data(eventsOf(DECIDED)[0])).toMatchObject({
        outcome: 'blocked',
        call: { tool: `method:${method}`, server: 'files', principal: 'os-user:ann' },
        recorded_args: { all: true },
      });
    },
  );

  it('lets a connection open, live and end', async () => {
    const one = await under(DENY);
    for (const method of ['initialize', 'ping', 'tools/list'])
      expect((await send(one, requestOf(method)).disposition).type).toBe('forward');
    for (const method of ['notifications/initialized', 'notifications/cancelled', 'notifications/progress'])
      expect(one.clientNotification(notification(method))).toBe('forward');
  });
});

const openedWith = (protocolVersion: string) =>
  requestOf('initialize', { protocolVersion, capabilities: {} });

it('what the two agreed on as they began stays: a second initialize is refused, on record', async () => {
  const one = await under({ match: '*', decision: 'allow' });
  const again = async () => send(one, openedWith('2025-11-25')).disposition;
  answered(await send(one, openedWith('2024-11-05')).disposition, {
    error: { code: -32602, message: 'another' },
  });
  answered(await again(), { result: { protocolVersion: '2024-11-05', capabilities: {} } });
  expect(answerOf(await again()).error?.message).toContain('the session is open already');
  await until(() => eventsOf('aegis.call.refused.v1').length === 1);
});

it('a server with sessions gets no subscriptions/listen, whatever the rules let pass', async () => {
  const one = await under({ match: '*', decision: 'allow' });
  const listening = requestOf('subscriptions/listen', { notifications: { toolsListChanged: true } });
  expect(answerOf(await send(one, listening).disposition).error?.message).toContain(
    'has no subscriptions/listen',
  );
  await until(() => eventsOf('aegis.call.refused.v1').length === 1);
});

it('a method that nobody knows waits for a person where no rule names it, with all that it brings', async () => {
  const one = gate({ holdMs: 0 });
  const { disposition } = send(one, requestOf('x/exec', { all: true, path: '/srv' }));
  expect(answerOf(await disposition).error?.message).toContain('asks a person');
  expect(world.people.enforces[0]).toMatchObject({
    call: { tool: 'method:x/exec', server: 'files', args: { all: true, path: '/srv' } },
  });
});

it('a rule may name it, and look at what it brings', async () => {
  const one = await under({ match: 'method:x/*', decision: 'allow', when: { 'args.n': 1 } }, DENY);
  const request = requestOf('x/exec', { n: 1 });
  expect(await send(one, request).disposition).toMatchObject({ type: 'forward', text: request.text });
  expect((await send(one, requestOf('x/exec', { n: 2 })).disposition).type).toBe('answer');
  expect((await send(one, requestOf('y/exec', { n: 1 })).disposition).type).toBe('answer');
  expect(one.clientNotification(notification('x/tell', { n: 1 }))).toBe('forward');
  await until(() => eventsOf(DECIDED).length === 4);
  expect(data(eventsOf(DECIDED)[0])).toMatchObject({ outcome: 'allowed', call: { tool: 'method:x/exec' } });
});

const execWith = (n: string) => `{"jsonrpc":"2.0","id":7,"method":"x/exec","params":{"n":${n}}}`;

it('one with a number that no double holds is judged by its digits', async () => {
  const one = await under(
    { match: 'method:x/*', decision: 'allow', when: { 'args.n': { gt: 1e300 } } },
    DENY,
  );
  const passes = await send(one, requestText(execWith('1e400'))).disposition;
  expect(passes).toMatchObject({ type: 'forward', text: execWith('1e400') });
  expect((await send(one, requestText(execWith('1e-400'))).disposition).type).toBe('answer');
});

const hiding = (method: string): string =>
  `{"jsonrpc":"2.0","id":7,"method":"${method}","hidden":{"all":true}}`;

it('one with more than JSON-RPC has is blocked: no rule would look at what stands there', async () => {
  const one = await under({ match: '*', decision: 'allow' });
  expect((await send(one, requestText(hiding('x/exec'))).disposition).type).toBe('answer');
  const { id: _id, rawId: _rawId, ...said } = requestText(hiding('notifications/x'));
  expect(one.clientNotification({ ...said, kind: 'notification' })).toBe('drop');
});

it('no tool has the name of a method', async () => {
  const one = await under({ match: 'method:x/*', decision: 'allow' }, DENY);
  const { disposition } = send(one, requestOf('tools/call', { name: 'method:x/exec' }));
  expect((await disposition).type).toBe('answer');
});

describe('which methods there are says the revision that the two sides agreed on', () => {
  it.each([
    ['2025-11-25', 'forward'],
    ['2025-06-18', 'answer'],
    ['2024-11-05', 'answer'],
  ])('%s: a task is known or not', async (protocolVersion, type) => {
    const one = gate({ holdMs: 0 });
    const opening = await send(one, requestOf('initialize', { protocolVersion: '2025-11-25' })).disposition;
    answered(opening, { result: { protocolVersion } });
    expect((await send(one, requestOf('tasks/result', { taskId: 't' })).disposition).type).toBe(type);
  });
});

describe('a completion', () => {
  const RULES: PolicyRule[] = [
    { match: 'resource:file:///etc/*', decision: 'deny' },
    { match: 'prompt:secret*', decision: 'deny' },
    { match: 'resource:file:///srv/*', decision: 'allow' },
    { match: 'prompt:plan', decision: 'allow' },
  ];

  it.each([PROMPT, template('file:///srv/{f}')])('is allowed as what it is for: %j', async (params) => {
    const one = await under(...RULES, DENY);
    expect((await send(one, requestOf('completion/complete', params)).disposition).type).toBe('forward');
    await until(() => eventsOf(DECIDED).length === 1);
    expect(data(eventsOf(DECIDED)[0])).toMatchObject({
      outcome: 'allowed',
      call: { tool: 'files.completion/complete' },
      door: expect.stringMatching(/^(prompt:plan|resource:file:\/\/\/srv\/\{f\})$/),
      recorded_args: params,
    });
  });

  it.each([
    template('file:///etc/{f}', 'sha'),
    template('file:///{+f}', 'etc/sha'),
    template('file:///srv/{+f}', '../etc/'),
    template('FILE:///srv/..//etc/{f}'),
    { ref: { type: 'ref/prompt', name: 'secret-plan' }, argument: { name: 'a', value: '' } },
  ])('is denied as what it is for: %j', async (params) => {
    const one = await under(...RULES, { match: '*', decision: 'allow' });
    const { disposition } = send(one, requestOf('completion/complete', params));
    expect((await disposition).type).toBe('answer');
    await until(() => eventsOf(DECIDED).some((event) => data(event)['outcome'] === 'blocked'));
    expect(JSON.stringify(eventsOf(DECIDED))).toMatch(/etc|secret/);
  });
});

describe('a list of resources or prompts', () => {
  it.each(['resources/list', 'resources/templates/list'])(
    'is there where one of them may be read: %s',
    async (method) => {
      const one = await under({ match: 'resource:file:///srv/*', decision: 'review' }, DENY);
      expect((await send(one, requestOf(method)).disposition).type).toBe('forward');
      expect((await send(one, requestOf('prompts/list')).disposition).type).toBe('answer');
    },
  );

  it('shows what may be read, and nothing else', async () => {
    const one = await under({ match: 'resource:file:///srv/*', decision: 'review' }, DENY);
    const list = await send(one, requestOf('resources/list')).disposition;
    const resources = ['file:///srv/a', 'file:///etc/shadow'].map((uri) => ({ uri }));
    expect(JSON.parse(answered(list, { result: { resources } }))['result']).toEqual({
      resources: [{ uri: 'file:///srv/a' }],
    });
    const templates = await send(one, requestOf('resources/templates/list')).disposition;
    const resourceTemplates = ['file:///srv/{f}', 'db://{t}'].map((uriTemplate) => ({ uriTemplate }));
    expect(JSON.parse(answered(templates, { result: { resourceTemplates } }))['result']).toEqual({
      resourceTemplates: [{ uriTemplate: 'file:///srv/{f}' }],
    });
    expect(answered(list, { result: { resources: 'none' } })).toContain('list of resources can not be read');
  });

  it('is not, where a rule names the method itself', async () => {
    const one = await under(
      { match: 'method:resources/list', decision: 'deny' },
      { match: '*', decision: 'allow' },
    );
    expect((await send(one, requestOf('resources/list')).disposition).type).toBe('answer');
    expect((await send(one, requestOf('resources/templates/list')).disposition).type).toBe('forward');
  });
});

it('what is known and harmless needs no person where everything else does, and one where a rule says so', async () => {
  const ask = requestOf('logging/setLevel', { level: 'debug' });
  expect((await send(gate({ holdMs: 0 }), ask).disposition).type).toBe('forward');
  await until(() => eventsOf(DECIDED).length === 1);
  expect(data(eventsOf(DECIDED)[0])).toMatchObject({ outcome: 'allowed', built_in: 'by-default' });
  for (const match of ['method:logging/*', '*/set*', 'm*']) {
    await inForce({ match, decision: 'review' });
    expect((await send(gate({ holdMs: 0 }), ask).disposition).type).toBe('answer');
  }
});

it('a task goes on under a rule against everything where the call that made it is known', async () => {
  const one = await under({ match: 'files.read', decision: 'allow' }, DENY);
  const call = await send(one, requestOf('tools/call', { name: 'read', task: {} })).disposition;
  answered(call, { result: { task: { taskId: 't1' } } });
  expect((await send(one, requestOf('tasks/get', { taskId: 't1' })).disposition).type).toBe('forward');
  expect((await send(one, requestOf('tasks/get', { taskId: 't2' })).disposition).type).toBe('answer');
});

it('a subscription of the newest era to what is a person’s matter is not begun', async () => {
  const one = await under({ match: 'resource:*', decision: 'review' }, DENY);
  const listen = (uris: string[]) =>
    send(
      one,
      requestOf('subscriptions/listen', { _meta: MODERN, notifications: { resourceSubscriptions: uris } }),
    ).disposition;
  expect(answerOf(await listen(['file:///srv/a'])).error?.message).toContain('nobody is asked');
  expect((await listen([])).type).toBe('forward');
});
