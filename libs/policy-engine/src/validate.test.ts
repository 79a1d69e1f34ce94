import { describe, expect, it } from 'vitest';
import { PolicyRule } from './schema.ts';
import { validatePolicy } from './validate.ts';

function rule(extra: object): object {
  return { version: 2, rules: [{ match: 'docs.*', decision: 'allow', ...extra }] };
}

const BEGINS = 'expected the keys of a policy: it begins with "version: 2", and has a list of "rules:"';

describe('a policy that is refused', () => {
  const cents = 'expected an integer from 0 to 9007199254740991';
  const ops = 'expected a list of one or more operation names';
  const pattern = 'expected a pattern of 1 to 512 characters';
  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['the policy is empty']],
    ['null', null, ['the policy is empty']],
    ['an object without keys', {}, ['the policy is empty']],
    ['no more than version 1', { version: 1 }, ['the policy is empty']],
    ['a list', [], [BEGINS]],
    ['text', 'allow', [BEGINS]],
    ['a Map', new Map([['rules', []]]), [BEGINS]],
    [
      'a rule',
      { match: '*', decision: 'allow' },
      [
        'this is a rule and no policy: it begins with "version: 2", and has a list of "rules:", and this one of them',
      ],
    ],
    ['version 3', { version: 3 }, ['version: expected 1 or 2']],
    ['version as text', { version: '2', rules: [] }, ['version: expected 2 without quotes']],
    ['version null', { version: null }, ['version: expected 1 or 2']],
    ['rules and no version', { rules: [] }, ['version: expected 2, because the policy has rules']],
    ['version 2 and no rules', { version: 2 }, ['rules: expected a list of rules']],
    ['rules left empty', { version: 2, rules: null }, ['rules: expected a list of rules']],
    [
      'a rule that is text',
      { version: 2, rules: ['*'] },
      ['rules.0: expected a rule with match and decision'],
    ],
    [
      'a rule with nothing in it',
      { version: 2, rules: [{}] },
      [`rules.0.match: ${pattern}`, 'rules.0.decision: expected one of allow, review, deny'],
    ],
    [
      'a wrong decision',
      rule({ decision: 'ask' }),
      ['rules.0.decision: expected one of allow, review, deny'],
    ],
    [
      'an unknown field',
      rule({ colour: 1, size: 2 }),
      ['rules.0.colour: unknown field', 'rules.0.size: unknown field'],
    ],
    ['an empty condition', rule({ when: {} }), ['rules.0.when: expected at least one condition']],
    [
      'a version 1 key in version 2',
      { version: 2, rules: [], deny_tools: [] },
      ['deny_tools: unknown field'],
    ],
    ['an empty pattern', rule({ match: '' }), [`rules.0.match: ${pattern}`]],
    ['a huge pattern', rule({ match: 'x'.repeat(513) }), [`rules.0.match: ${pattern}`]],
    ['a lone surrogate', rule({ match: '\uD800' }), [`rules.0.match: ${pattern}`]],
    ['a negative cap', rule({ cap_cents: -1 }), [`rules.0.cap_cents: ${cents}`]],
    ['a cap of half a cent', rule({ cap_cents: 0.5 }), [`rules.0.cap_cents: ${cents}`]],
    ['a cap as text', rule({ cap_cents: '5000' }), [`rules.0.cap_cents: ${cents}`]],
    [
      'a comment for a pattern',
      rule({ match: null }),
      [`rules.0.match: ${pattern}, in quotes where it starts with #`],
    ],
    [
      'a list of patterns',
      rule({ match: ['a', 'b'] }),
      [`rules.0.match: ${pattern}, in quotes where it starts with { or [`],
    ],
    [
      'braces without quotes',
      rule({ match: { a: null } }),
      [`rules.0.match: ${pattern}, in quotes where it starts with { or [`],
    ],
    [
      'a number for a pattern',
      rule({ match: 5 }),
      [`rules.0.match: ${pattern}, in quotes where it is no word`],
    ],
    ['null for an unknown field', rule({ colour: null }), ['rules.0.colour: unknown field']],
    [
      'a reason that is a number',
      rule({ reason: 5 }),
      ['rules.0.reason: expected text of at most 1000 characters'],
    ],
    [
      'a reason under both of its names',
      rule({ reason: 'a', description: 'a' }),
      [
        'rules.0.reason: there is a description too, and both say why the rule is there: keep reason or description',
      ],
    ],
    ['a cap above 2^53', rule({ cap_cents: 2 ** 53 }), [`rules.0.cap_cents: ${cents}`]],
    ['a cap without end', rule({ cap_cents: Number.POSITIVE_INFINITY }), [`rules.0.cap_cents: ${cents}`]],
    ['ops as text', rule({ ops: 'refund' }), [`rules.0.ops: ${ops}`]],
    ['no ops', rule({ ops: [] }), [`rules.0.ops: ${ops}`]],
    [
      'an op that is a number',
      rule({ ops: [1] }),
      ['rules.0.ops.0: expected an operation name of 1 to 256 characters'],
    ],
    [
      'an unknown version 1 key',
      { max_refund: 1 },
      ['max_refund: unknown field; did you mean max_refund_cents?'],
    ],
    ['a version 1 cap below 0', { max_refund_cents: -5 }, [`max_refund_cents: ${cents}`]],
    ['a version 1 list left empty', { deny_tools: null }, ['deny_tools: expected a list of patterns']],
    ['a version 1 list that is text', { allow_tools: '*' }, ['allow_tools: expected a list of patterns']],
    ['__proto__', JSON.parse('{"__proto__": {"rules": []}}'), ['__proto__: unknown field']],
    ['an odd key', { 'a\nb': 1 }, ['"a\\nb": unknown field']],
  ])('%s', (_what, document, errors) => {
    expect(validatePolicy(document)).toEqual({ ok: false, errors });
  });

  const hour = 'rules.0.when."time.hour": no hour is both';
  it.each<[string, object, string[]]>([
    [
      'two reasons beside a pattern and hours that nothing can be',
      rule({
        match: 'db.{drop,delete}',
        when: { 'time.hour': { gte: 22, lt: 6 } },
        reason: 'a',
        description: 'b',
      }),
      ['rules.0.reason: ', 'rules.0.match: matches no tool', hour],
    ],
    [
      'an unknown field, a wrong decision and two reasons',
      rule({ colour: 1, decision: 'ask', reason: 'a', description: 'b' }),
      ['rules.0.decision: ', 'rules.0.colour: ', 'rules.0.reason: '],
    ],
    [
      'a rule of another place',
      {
        version: 2,
        rules: [
          { match: 5, decision: 'deny' },
          { match: 'db drop', decision: 'deny' },
        ],
      },
      ['rules.0.match: expected a pattern', 'rules.1.match: matches no tool'],
    ],
    [
      'a version in quotes, and what stands below it',
      {
        version: '2',
        rules: [
          { match: '*', decision: 'ask' },
          { match: 'db drop', decision: 'deny' },
        ],
      },
      ['version: expected 2 without quotes', 'rules.0.decision: ', 'rules.1.match: matches no tool'],
    ],
    [
      'a version in quotes, and else only what nobody can mean',
      { version: '2', rules: [{ match: 'db drop', decision: 'deny' }] },
      ['version: expected 2 without quotes', 'rules.0.match: matches no tool'],
    ],
    ['no version', { rules: [{ match: '*' }] }, ['version: expected 2', 'rules.0.decision: ']],
    [
      'a list of version 1',
      { max_refund_cents: -1, deny_tools: ['db.{a,b}'] },
      ['max_refund_cents: expected', 'deny_tools.0: matches no tool'],
    ],
  ])('is told of all at once: %s', (_what, document, errors) => {
    expect(validatePolicy(document)).toEqual({
      ok: false,
      errors: errors.map((error) => expect.stringContaining(error)),
    });
  });

  it('names the rule by its place', () => {
    const rules = [
      { match: 'a', decision: 'allow' },
      { match: 'b', decision: 'deny', colour: 'red' },
    ];
    expect(validatePolicy({ version: 2, rules })).toEqual({
      ok: false,
      errors: ['rules.1.colour: unknown field'],
    });
  });

  it('says how many errors it leaves out', () => {
    const result = validatePolicy({ version: 2, rules: Array.from({ length: 150 }, () => 'x') });
    expect(result.ok ? [] : result.errors).toHaveLength(101);
    expect(result).toHaveProperty(['errors', 100], 'and 50 more errors');
  });
});

describe('a policy that is taken', () => {
  const full = { match: '*', decision: 'allow', cap_cents: 0, ops: ['a'], description: 'b' };
  it.each<[string, unknown, 1 | 2]>([
    ['version 1 that only denies', { deny_tools: [] }, 1],
    ['version 1 written out', { version: 1, max_refund_cents: 0 }, 1],
    [
      'version 1 in full',
      { max_refund_cents: 1, max_payment_link_cents: 2 ** 53 - 1, allow_tools: [], deny_tools: ['*'] },
      1,
    ],
    ['version 2 without rules', { version: 2, rules: [] }, 2],
    ['version 2 in full', { version: 2, rules: [full] }, 2],
  ])('%s', (_what, document, version) => {
    expect(validatePolicy(document)).toEqual({ ok: true, policy: document, version });
  });
});

describe('null', () => {
  const bare = { match: 'docs.*', decision: 'allow' };
  const fields = Object.keys(PolicyRule.shape).filter((key) => !Object.hasOwn(bare, key));

  it('is absent for each optional field of a rule, and for the time zone', () => {
    const empty = Object.fromEntries(fields.map((field) => [field, null]));
    const policy = { version: 2, rules: [bare] };
    expect(fields.length).toBeGreaterThan(10);
    expect(validatePolicy({ version: 2, timezone: null, rules: [{ ...empty, ...bare }] })).toEqual({
      ok: true,
      policy,
      version: 2,
    });
  });

  it('beside the other name of the reason is no second reason', () => {
    const taken = validatePolicy(rule({ reason: null, description: 'b' }));
    expect(taken).toMatchObject({ ok: true, policy: { rules: [{ description: 'b' }] } });
  });
});
