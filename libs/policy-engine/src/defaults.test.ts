import { expect, it } from 'vitest';
import { defaultPolicy, effectivePolicy } from './defaults.ts';
import type { PolicyV2 } from './schema.ts';

it('version 1 shows its four keys, with defaults where they are missing', () => {
  expect(effectivePolicy({ version: 1, max_refund_cents: 5, deny_tools: ['db.*'] })).toEqual({
    max_refund_cents: 5,
    max_payment_link_cents: 0,
    allow_tools: ['*'],
    deny_tools: ['db.*'],
  });
});

it('version 2 is shown as it is written', () => {
  const policy: PolicyV2 = { version: 2, rules: [{ match: '*', decision: 'review' }] };
  expect(effectivePolicy(policy)).toBe(policy);
});

it('changing a default that was handed out changes nobody else', () => {
  defaultPolicy().allow_tools.pop();
  expect(effectivePolicy({}).allow_tools).toEqual(['*']);
});
