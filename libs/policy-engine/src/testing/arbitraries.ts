import * as fc from 'fast-check';
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
