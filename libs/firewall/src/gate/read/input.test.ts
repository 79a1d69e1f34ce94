import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODERN, requestOf } from '../testkit/client.ts';
import { readCall } from './call.ts';
import { atFirst, strangers } from './input.ts';
import { createTaskOwners } from './tasks.ts';
import { UNBOUND_META } from './unbound-meta.ts';

const tasks = createTaskOwners();
const NAMED: Record<string, Record<string, unknown>> = {
  'tools/call': { name: 'pay', arguments: { amount: 1 } },
  'resources/read': { uri: 'file:///srv/a' },
  'resources/subscribe': { uri: 'file:///srv/a' },
  'prompts/get': { name: 'p', arguments: { a: '1' } },
  'tasks/update': { taskId: 't' },
};

function callOf(method: string, params: object, unboundMeta?: ReadonlySet<string>) {
  const read = readCall('srv', requestOf(method, params), { tasks, unboundMeta, as: 'named' });
  if (!('requested' in read)) throw new Error(JSON.stringify(read));
  const { tool, args, input } = read.requested;
  return { tool, args, ...(input === undefined ? {} : { input }), principal: 'ann' };
}
const digest = (method: string, params: object, unboundMeta?: ReadonlySet<string>): string =>
  callDigest(callOf(method, params, unboundMeta));

const value = fc.oneof(fc.string(), fc.integer(), fc.constant({ amount: 1_000_000 }), fc.constant([]));
const name = fc
  .string({ unit: 'grapheme-ascii', minLength: 1 })
  .filter((key) => !/^(_*m_*e_*t_*a_*|__proto__)$/i.test(key));

/** A member that the wire lets through at this place, by its path in `params`. */
const places = fc.oneof(
  fc.tuple(name).map(([key]) => [key]),
  fc.constantFrom('inputResponses', 'requestState', 'task', 'override').map((key) => [key]),
  fc.tuple(fc.constant('_meta'), name),
  fc.tuple(fc.constant('inputResponses'), name),
);

function withMember(params: Record<string, unknown>, path: readonly string[], member: unknown): object {
  const [key = '', ...rest] = path;
  if (rest.length === 0) return { ...params, [key]: member };
  const below = (params[key] ?? {}) as Record<string, unknown>;
  return { ...params, [key]: withMember(below, rest, member) };
}

describe('what an approval is bound to', () => {
  it('any member that is added anywhere in params makes another call, but for what is listed by name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(NAMED)), places, value, (method, path, member) => {
        const params = NAMED[method] ?? {};
        fc.pre(!Object.hasOwn(params, path[0] ?? ''));
        let differs: boolean;
        try {
          differs = digest(method, withMember(params, path, member)) !== digest(method, params);
        } catch {
          // Refused: nothing of it reaches a server.
          return;
        }
        expect(differs).toBe(!(path[0] === '_meta' && Object.hasOwn(UNBOUND_META, path[1] ?? '')));
      }),
      { numRuns: 2_000 },
    );
  });

  const nulls: [string, object, object][] = [
    ['tools/call', { name: 'pay' }, { arguments: null }],
    ['prompts/get', { name: 'p' }, { arguments: null }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' } }, { context: null }],
  ];
  for (const [method, params] of Object.entries(NAMED)) {
    nulls.push([method, params, { _meta: null, task: null, requestState: null }]);
    nulls.push([method, params, { _meta: { progressToken: null, traceparent: null, listed: null } }]);
  }
  it.each(nulls)('%s with %j is the same call with %j', (method, params, more) => {
    const listed = new Set(['listed']);
    expect(digest(method, { ...params, ...more }, listed)).toBe(digest(method, params, listed));
    const call = callOf(method, { ...params, ...more }, listed);
    expect(JSON.stringify(call)).not.toContain('null');
  });

  it('null is a value in arguments, and under a name that nobody knows', () => {
    const without = digest('tools/call', { name: 'pay' });
    expect(digest('tools/call', { name: 'pay', arguments: { amount: null } })).not.toBe(without);
    expect(digest('tools/call', { name: 'pay', override: null })).not.toBe(without);
    expect(digest('tools/call', { name: 'pay', _meta: { tenant: null } })).not.toBe(without);
  });

  it('two methods are two calls, whatever they bring', () => {
    const owners = createTaskOwners();
    owners.made('srv', 't', 'ann', { tool: 'srv.pay', name: 'pay', args: { amount: 1 } });
    const added = { taskId: 't', inputResponses: {} };
    const read = (method: string, params: object) => {
      const is = readCall('srv', requestOf(method, params), { tasks: owners, as: 'named' });
      return 'requested' in is
        ? { tool: is.requested.tool, args: is.requested.args, ...is.requested.input }
        : is;
    };
    const update = read('tasks/update', added);
    expect(update).toEqual({ tool: 'srv.pay', args: { amount: 1 }, method: 'tasks/update', ...added });
    expect(read('tools/call', { ...NAMED['tools/call'], ...added })).not.toHaveProperty('method');
    for (const [method, params] of Object.entries(NAMED)) {
      expect(read(method, { ...params, method: 'tasks/update' })).toHaveProperty('blocked');
    }
  });

  const older = Object.keys(NAMED).filter(
    (method) => method !== 'tasks/update' && method !== 'resources/subscribe',
  );
  it.each(older)('a %s with nothing more has the digest that it always had', (method) => {
    expect(callOf(method, NAMED[method] ?? {})).not.toHaveProperty('input');
    expect(callOf(method, { ...NAMED[method], _meta: MODERN })).not.toHaveProperty('input');
    expect(callOf(method, { ...NAMED[method], _meta: {} })).not.toHaveProperty('input');
  });

  it.each([
    ['progressToken', 7, { to: 'eve' }],
    ['traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'to eve'],
    [
      'traceparent',
      `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-to-eve`,
    ],
    ['tracestate', 'a=1,b=2', 'x'.repeat(513)],
    ['io.modelcontextprotocol/protocolVersion', '2026-07-28', 'prod'],
    ['io.modelcontextprotocol/logLevel', 'debug', 'loud'],
    [
      'io.modelcontextprotocol/clientInfo',
      { name: 'a', version: '1' },
      { name: 'a', version: '1', tenant: 'prod' },
    ],
    ['io.modelcontextprotocol/clientInfo', { name: 'a', title: 'A' }, { name: { tenant: 'prod' } }],
    [
      'io.modelcontextprotocol/clientCapabilities',
      { elicitation: { url: {}, form: { applyDefaults: true } }, extensions: {} },
      { extensions: { 'com.example/tenant': { name: 'prod' } } },
    ],
    ['io.modelcontextprotocol/clientCapabilities', { sampling: {} }, { sampling: { to: 'eve' } }],
    ['claudecode/toolUseId', 'toolu_01A09q90qw', 'pay eve'],
    ['vscode.conversationId', '0c1d', { to: 'eve' }],
    ['vscode.requestId', '0c1d', ''],
  ])('%s is no part of a call as %j, and is one as %j', (key, plain, odd) => {
    const params = NAMED['tools/call'] ?? {};
    const sent = (member: unknown) => callOf('tools/call', { ...params, _meta: { [key]: member } });
    expect(sent(plain)).not.toHaveProperty('input');
    expect(sent(odd)).toMatchObject({ input: { _meta: { [key]: odd } } });
    expect(UNBOUND_META[key]?.because).not.toBe('');
  });

  it('baggage, tenants and all else in _meta is bound, and what an operator has listed is not where it is an id', () => {
    const params = NAMED['tools/call'] ?? {};
    const listed = new Set(['com.example/turn']);
    const sent = (meta: object) => callOf('tools/call', { ...params, _meta: meta }, listed);
    expect(sent({ baggage: 'tenant=prod' })).toHaveProperty('input');
    expect(sent({ 'com.example/turn': 'turn-7' })).not.toHaveProperty('input');
    expect(sent({ 'com.example/turn': { to: 'eve' } })).toHaveProperty('input');
    expect(sent({ 'com.example/turn': 7, 'com.example/tenant': 'a' })).toMatchObject({
      input: { _meta: { 'com.example/tenant': 'a' } },
    });
  });
});

it('the rounds of a call are one call but for answers and state', () => {
  const call = { tool: 'a', principal: 'b', input: { inputResponses: {}, requestState: 's', task: {} } };
  expect(atFirst(call)).toEqual({ tool: 'a', principal: 'b', input: { task: {} } });
  expect(atFirst<Call>({ ...call, input: { requestState: 's' } })).toEqual({ tool: 'a', principal: 'b' });
});

it('a person has to look at members that nobody knows, unless a rule does', () => {
  const input = {
    method: 'tasks/update',
    override: 1,
    task: {},
    inputResponses: {},
    _meta: {},
    requestState: 's',
  };
  const of = (method: string, seen: string[], more: object = {}) =>
    strangers({ method, input: { ...input, ...more } }, ([key]) => seen.includes(key ?? ''));
  expect(of('tools/call', [])).toEqual([
    'its params have "override", which is not the protocol\'s, and no rule looks at it',
  ]);
  expect(of('tools/call', ['override'])).toEqual([]);
  expect(of('tools/call', ['override'], { taskId: 't' })).toHaveLength(1);
  expect(of('tasks/update', ['override'], { taskId: 't' })).toEqual([]);
});
