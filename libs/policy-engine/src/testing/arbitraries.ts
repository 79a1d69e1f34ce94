import * as fc from 'fast-check';
import type { Condition } from '../condition/mapping.ts';
import type { PolicyCall } from '../decision.ts';
import type { PolicyRule, PolicyV1, PolicyV2 } from '../schema.ts';

const PATTERNS = [
  '*',
  'refunds*',
  'refunds.*',
  'refunds.create',
  '*.create',
  '?efunds.*',
  'refund*',
  're*s.create',
  'payment_links*',
  'payment_links.create',
  'payment_[a-z]inks*',
  'docs.*',
  'docs.read',
  'db.*',
];
const TOOLS = [
  'refunds',
  'refunds.create',
  'refunds.list',
  'payment_links.create',
  'docs.read',
  'docs.create',
  'db.x',
];

const patterns = fc.array(fc.constantFrom(...PATTERNS), { maxLength: 4 });
const cap = fc.constantFrom(0, 1, 50, 100, 101);

/** Version 1 policies whose patterns overlap in every way, with caps that the calls' amounts sit around. */
export const policiesV1: fc.Arbitrary<PolicyV1> = fc.record(
  { max_refund_cents: cap, max_payment_link_cents: cap, allow_tools: patterns, deny_tools: patterns },
  { requiredKeys: [] },
);

const rule: fc.Arbitrary<PolicyRule> = fc.record(
  {
    match: fc.constantFrom(...PATTERNS),
    decision: fc.constantFrom('allow', 'review', 'deny'),
    cap_cents: cap,
    ops: fc.subarray(['refund', 'payment_link_create', 'list'], { minLength: 1 }),
  },
  { requiredKeys: ['match', 'decision'] },
);

export const policiesV2: fc.Arbitrary<PolicyV2> = fc.record({
  version: fc.constant(2),
  rules: fc.array(rule, { maxLength: 8 }),
});

export const calls: fc.Arbitrary<PolicyCall> = fc.record(
  {
    tool: fc.constantFrom(...TOOLS),
    op: fc.constantFrom('refund', 'payment_link_create', 'list', 'Refund'),
    amount_cents: fc.constantFrom(0, 1, 2, 50, 51, 100, 101, 102),
  },
  { requiredKeys: ['tool'] },
);

const condition: fc.Arbitrary<Condition> = fc.constantFrom<Condition>(
  { 'args.x': { lte: 5 } },
  { 'args.x': 6, 'args.y': { exists: true } },
  { not: { 'args.x': { lte: 5 } } },
  { any: [{ 'args.y': { path_within: '/srv' } }, { principal: 'key:a' }] },
  { principal: { starts_with: 'key:' } },
  { 'client.version': { ne: '1' } },
  { all: [{ server: 'fs' }, { amount_cents: { gt: 50 } }] },
  { op: { in: ['refund', 'list'] } },
  { 'time.hour': { gte: 12 } },
);

/** Rules narrowed by everything that a rule can be narrowed by, some of which say who decides. */
export const policiesWithConditions: fc.Arbitrary<PolicyV2> = fc.record({
  version: fc.constant(2),
  rules: fc.array(
    fc
      .tuple(
        rule,
        fc.record(
          {
            servers: fc.constant<string[]>(['f*']),
            principals: fc.constantFrom<string[]>(['key:*'], ['os-user:*']),
            amount: fc.constant('args.x'),
            op: fc.constant('args.y'),
            currency: fc.constantFrom<string | string[]>('EUR', ['EUR', 'CHF']),
            currency_from: fc.constant('args.y'),
            when: condition,
            approvers: fc.constantFrom<string[]>(['ada'], ['finance', 'approval-code']),
            quorum: fc.constantFrom(1, 2),
            expires_in: fc.constantFrom('1h', '30d'),
            use_within: fc.constant('5m'),
            require_reason: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([plain, narrowed]): PolicyRule => ({ ...plain, ...narrowed })),
    { maxLength: 6 },
  ),
});

/** Codes, and what is none to somebody who reads closely. */
const TEXTS = [
  'EUR',
  'CHF',
  'JPY',
  'eur',
  'Eur',
  'EUR ',
  'EU',
  'EURO',
  '\uff25\uff35\uff32',
  'E\u200bUR',
  '',
];
export const CURRENCIES: readonly unknown[] = [...TEXTS, 978, null, true, ['EUR'], { code: 'EUR' }];

export const callsWithArguments: fc.Arbitrary<PolicyCall> = fc
  .tuple(
    calls,
    fc.record(
      {
        args: fc.record(
          {
            x: fc.constantFrom<unknown>(0, 5, 6, 1.5, '5', null, [5]),
            y: fc.constantFrom<unknown>('refund', '/srv/a', '/etc', '/srv/%2e%2e', 7, 'EUR'),
            currency: fc.constantFrom<unknown>(...CURRENCIES),
          },
          { requiredKeys: [] },
        ),
        server: fc.constantFrom('fs', 'db'),
        principal: fc.constantFrom('key:a', 'key:b', 'os-user:ada'),
        client: fc.constantFrom({ name: 'c' }, { name: 'c', version: '1' }, { name: 'c', version: '2' }),
        at: fc.constantFrom(new Date('2025-01-01T03:00:00Z'), new Date('2025-01-01T15:00:00Z')),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([call, more]): PolicyCall => ({ ...call, ...more }));
