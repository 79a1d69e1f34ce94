import { describe, expect, it } from 'vitest';
import { compileOwn, compilePolicy, evaluate, type PolicyCall } from './mod.ts';
import { OWN } from './testing/own.ts';

const builtIn = { own: compileOwn(OWN) };
const allowAll = compilePolicy({ version: 2, rules: [{ match: '*', decision: 'allow' }] });
const CODE = '/home/u/.local/state/aegismcp/approval-code';

describe('a call that reaches what is the firewall’s own', () => {
  it.each<[string, PolicyCall]>([
    ['an argument', { tool: 'fs.read', args: { path: CODE } }],
    ['a key of the arguments', { tool: 'fs.read', args: { [CODE]: true } }],
    ['what goes beside the arguments', { tool: 'fs.read', input: { _meta: { from: CODE } } }],
    ['the op', { tool: 'fs.read', op: CODE }],
    ['a resource', { tool: 'fs.resources/read', door: `resource:file://${CODE}` }],
    ['an address', { tool: 'web.fetch', args: { url: 'http://localhost:8000/approvals/complete' } }],
    ["a prompt's argument", { tool: 'fs.prompts/get', door: 'prompt:a', args: { arguments: { p: CODE } } }],
  ])('is denied whatever the rules say: %s', (_what, call) => {
    expect(evaluate(allowAll, call).decision).toBe('allow');
    const denied = { decision: 'deny', allowed: false, approval_required: false, built_in: 'own-reach' };
    expect(evaluate(allowAll, call, builtIn)).toMatchObject(denied);
    expect(evaluate(compilePolicy({}), call, builtIn)).toMatchObject(denied);
    const review = compilePolicy({ version: 2, rules: [] });
    expect(evaluate(review, call, builtIn)).toMatchObject(denied);
  });

  it('is told what it reaches, where, and how to get on', () => {
    const { reasons, rule } = evaluate(allowAll, { tool: 'fs.read', args: { path: CODE } }, builtIn);
    expect(reasons).toEqual([
      `built-in own-reach: args.path reaches the data directory of the firewall ('${CODE}'), which no rule and no ` +
        'approval opens; what is to be looked at or changed there, a person does without the agent',
    ]);
    expect(rule).toBeUndefined();
  });

  it('is denied by its own rule where one denies it', () => {
    const deny = compilePolicy({ version: 2, rules: [{ match: '*', decision: 'deny' }] });
    const decision = evaluate(deny, { tool: 'fs.read', args: { path: CODE } }, builtIn);
    expect(decision).toMatchObject({ rule: { index: 0 }, reasons: ["Rule 0 denies '*'"] });
    expect(decision.built_in).toBeUndefined();
  });

  it('is looked for in all of the request where that is given', () => {
    const call = { tool: 'fs.read', args: { path: '/srv/a' } };
    const request = { name: 'read', arguments: call.args, _meta: { from: CODE } };
    expect(evaluate(allowAll, call, { ...builtIn, request })).toMatchObject({
      decision: 'deny',
      reasons: [expect.stringContaining('_meta.from reaches')],
    });
  });

  it('is denied where it can not be read at all', () => {
    const args = Object.defineProperty({}, 'path', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    expect(evaluate(allowAll, { tool: 'a.b', args }, builtIn)).toMatchObject({ decision: 'deny' });
  });
});

describe('a long text that names it', () => {
  const content = `${'# how it works\n'.repeat(500)} see ${CODE}`;
  const call = { tool: 'fs.write', args: { path: '/srv/README.md', content } };

  it('is a matter for a person, under the terms of its rule', () => {
    const policy = compilePolicy({
      version: 2,
      rules: [{ match: '*', decision: 'allow', approvers: ['ada'] }],
    });
    expect(evaluate(policy, call, builtIn)).toEqual({
      decision: 'review',
      allowed: false,
      approval_required: true,
      reasons: [
        `built-in own-mention: args.content has a long text that names the data directory of the firewall ('${CODE}')`,
      ],
      rule: { index: 0, match: '*' },
      built_in: 'own-mention',
      terms: { approvers: ['ada'] },
    });
  });

  it('comes after the reasons of a rule that asks a person anyway', () => {
    const policy = compilePolicy({ version: 2, rules: [{ match: '*', decision: 'review' }] });
    expect(evaluate(policy, call, builtIn).reasons).toEqual([
      "Rule 0 requires review of '*'",
      expect.stringContaining('own-mention'),
    ]);
  });
});

it('other calls are decided by the rules alone', () => {
  const call = { tool: 'fs.read', args: { path: '/srv/a', url: 'http://localhost:3000' } };
  expect(evaluate(allowAll, call, builtIn)).toEqual(evaluate(allowAll, call));
});
