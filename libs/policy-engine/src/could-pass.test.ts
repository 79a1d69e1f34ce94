import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import { couldPass, couldPassUnder, type ForeseenCall } from './could-pass.ts';
import { evaluate } from './evaluate.ts';
import type { Policy, PolicyRule } from './schema.ts';
import { callsWithArguments, policiesWithConditions } from './testing/arbitraries.ts';

const TOOL = 'fs.write';

function shows(rules: PolicyRule[], call: Omit<ForeseenCall, 'tool'> = {}): boolean {
  return couldPass(compilePolicy({ version: 2, rules }), { tool: TOOL, ...call });
}

const deny = (extra: Partial<PolicyRule> = {}): PolicyRule => ({ match: 'fs.*', decision: 'deny', ...extra });
const allow = (extra: Partial<PolicyRule> = {}): PolicyRule => ({
  match: 'fs.*',
  decision: 'allow',
  ...extra,
});

describe('a tool could pass', () => {
  it.each<[string, PolicyRule[]]>([
    ['where no rule names it', []],
    ['where a rule allows it before one denies it', [allow(), deny()]],
    ['where only some ops are denied', [deny({ ops: ['delete'] })]],
    ['where only some ops are allowed', [allow({ ops: ['read'] }), deny()]],
    ['where arguments may be allowed', [allow({ when: { 'args.x': 1 } }), deny()]],
    ['where arguments may not be denied', [deny({ when: { 'args.x': 1 } })]],
    ['where the time decides', [deny({ when: { 'time.hour': { lt: 9 } } })]],
    ['where a person is asked', [{ match: '*', decision: 'review' }, deny()]],
    ['where the cap may be kept', [allow({ cap_cents: 0 }), deny()]],
    ['where the server is not known', [deny({ servers: ['prod'] })]],
    ['where the principal is not known', [deny({ when: { principal: 'key:a' } })]],
    ['where the op is taken from the arguments', [deny({ op: 'args.op', ops: ['x'] })]],
  ])('%s', (_where, rules) => {
    expect(shows(rules)).toBe(true);
  });

  it.each<[string, PolicyRule[], Omit<ForeseenCall, 'tool'>]>([
    ['a rule denies it', [deny()], {}],
    ['its server is denied', [deny({ servers: ['prod'] })], { server: 'prod' }],
    ['its principal is denied', [deny({ principals: ['key:*'] })], { principal: 'key:a' }],
    ['a condition on the principal denies', [deny({ when: { principal: 'key:a' } })], { principal: 'key:a' }],
    ['a condition on the tool denies', [deny({ when: { tool: { ends_with: 'write' } } })], {}],
    ['its client says no version', [deny({ when: { 'client.version': '1' } })], { client: { name: 'a' } }],
    ['only others are allowed', [allow({ principals: ['key:b'] }), deny()], { principal: 'key:a' }],
    ['only another server is reviewed', [allow({ when: { server: 'b' } }), deny()], { server: 'a' }],
    [
      'one way or the other',
      [deny({ when: { any: [{ principal: 'key:a' }, { 'args.x': 1 }] } })],
      { principal: 'key:a' },
    ],
  ])('but not where %s', (_where, rules, call) => {
    expect(shows(rules, call)).toBe(false);
  });

  it('by version 1 where no deny pattern names it', () => {
    const policy = compilePolicy({ allow_tools: [], deny_tools: ['fs.*'] });
    expect(couldPass(policy, { tool: 'docs.read' })).toBe(true);
    expect(couldPass(policy, { tool: TOOL })).toBe(false);
  });

  it('not by a name that no call may have', () => {
    expect(couldPass(compilePolicy({}), { tool: 'fs write' })).toBe(false);
  });

  it('wherever some call of it passes', () => {
    fc.assert(
      fc.property(
        policiesWithConditions,
        callsWithArguments,
        fc.boolean(),
        (policy: Policy, call, isKnown) => {
          const compiled = compilePolicy(policy);
          const { tool, server, principal, client } = call;
          const foreseen = isKnown ? { tool, server, principal, client } : { tool };
          if (evaluate(compiled, call).decision !== 'deny') expect(couldPass(compiled, foreseen)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

const could = (rules: PolicyRule[]): boolean =>
  couldPassUnder(compilePolicy({ version: 2, rules }), 'resource:', {
    server: 'files',
    principal: 'key:a',
  });

describe('a name that begins with resource:', () => {
  const DENY: PolicyRule = { match: '*', decision: 'deny' };

  it.each<[string, PolicyRule[]]>([
    ['where nothing is denied', []],
    ['where one is allowed first', [allow({ match: 'resource:file:///srv/*' }), DENY]],
    ['where a person is asked about one', [{ match: 'res*', decision: 'review' }, DENY]],
    ['where another caller is denied', [{ ...DENY, principals: ['key:b'] }]],
    ['where another server is denied', [{ ...DENY, servers: ['mail'] }]],
    ['where some are denied', [{ match: 'resource:file:///etc/*', decision: 'deny' }]],
    ['where arguments decide', [{ ...DENY, when: { 'args.uri': 'a' } }]],
    ['where the name decides', [allow({ match: '*', when: { tool: { starts_with: 'files.' } } }), DENY]],
  ])('could pass %s', (_where, rules) => {
    expect(could(rules)).toBe(true);
  });

  it.each<[string, PolicyRule[]]>([
    ['all is denied', [DENY]],
    ['all of them are denied', [{ match: 'resource:*', decision: 'deny' }, allow({ match: '*' })]],
    ['other names are allowed first', [allow({ match: 'files.*' }), allow({ match: 'prompt:*' }), DENY]],
    ['others are allowed first', [allow({ match: '*', principals: ['key:b'] }), DENY]],
    ['this server is denied', [{ ...DENY, servers: ['fil*'] }]],
  ])('could not where %s', (_where, rules) => {
    expect(could(rules)).toBe(false);
  });

  it('could pass by version 1 where no deny pattern is for all of them', () => {
    const caller = { server: 'files', principal: 'key:a' };
    const under = (deny_tools: string[]) =>
      couldPassUnder(compilePolicy({ deny_tools }), 'resource:', caller);
    expect([under([]), under(['resource:file:*']), under(['resource:*']), under(['*'])]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

const DOOR_TOOL = 'fs.resources/read';
const opens = (door: string, ...rules: PolicyRule[]): boolean =>
  couldPass(compilePolicy({ version: 2, rules }), { tool: DOOR_TOOL, door });
const at = (path: string, decision: PolicyRule['decision'], more: Partial<PolicyRule> = {}): PolicyRule => ({
  match: `resource:file:///${path}`,
  decision,
  ...more,
});

describe('what a door leads to could be opened', () => {
  it.each<[string, PolicyRule[]]>([
    ['where no rule is about it', [at('etc/*', 'deny')]],
    ['where one allows it first', [at('srv/*', 'allow'), at('*', 'deny')]],
    ['where its arguments decide', [at('srv/*', 'deny', { when: { 'args.x': 1 } })]],
    ['where only tools are denied', [{ match: 'fs.*', decision: 'deny' }]],
  ])('%s', (_where, rules) => expect(opens('resource:file:///srv/a', ...rules)).toBe(true));

  it.each(['resource:file:///srv/a', 'resource:FILE:///x/../srv/a', 'resource:file:///srv/%61', 'door:x'])(
    'not where one denies any spelling of it: %s',
    (door) => expect(opens(door, at('srv/*', 'deny'), { match: '*', decision: 'allow' })).toBe(false),
  );

  it('not by a version 1 list either', () => {
    const policy = compilePolicy({ version: 1, deny_tools: ['resource:file:///srv/*'] });
    const couldOpen = (uri: string): boolean =>
      couldPass(policy, { tool: DOOR_TOOL, door: `resource:${uri}` });
    expect(['file:///srv/a', 'file:///tmp/a'].map(couldOpen)).toEqual([false, true]);
  });
});
