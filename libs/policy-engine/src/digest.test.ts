import { expect, it } from 'vitest';
import { policyDigest } from './digest.ts';
import type { PolicyRule } from './schema.ts';

it('is the SHA-256 of the RFC 8785 form', () => {
  // sha256sum of {"rules":[{"decision":"review","match":"*"}],"version":2}
  expect(policyDigest({ version: 2, rules: [{ match: '*', decision: 'review' }] })).toBe(
    'sha256:bebb32e7fcc333799fc3a34c004bde37493d3055e2feea95eb7f276fef15489a',
  );
});

it('is the same for version 1 with its defaults written out or left out', () => {
  const written = { max_refund_cents: 0, max_payment_link_cents: 0, allow_tools: ['*'], deny_tools: [] };
  expect(policyDigest({})).toBe(policyDigest({ ...written, version: 1 }));
});

it('does not depend on the order of keys, and does on the order of rules', () => {
  const a = { match: 'a', decision: 'allow' } as const;
  const b = { decision: 'deny', match: 'b' } as const;
  const digest = policyDigest({ version: 2, rules: [a, b] });
  expect(policyDigest({ rules: [a, { match: 'b', decision: 'deny' }], version: 2 })).toBe(digest);
  expect(policyDigest({ version: 2, rules: [b, a] })).not.toBe(digest);
});

it('changes with any field of a rule', () => {
  const rule: PolicyRule = { match: 'a', decision: 'allow', cap_cents: 1, ops: ['x'], description: 'd' };
  const changes: Partial<PolicyRule>[] = [
    {},
    { match: 'b' },
    { decision: 'deny' },
    { cap_cents: 2 },
    { ops: ['y'] },
    { description: 'e' },
    { servers: ['s'] },
    { principals: ['s'] },
    { amount: 'args.x' },
    { op: 'args.x' },
    { when: { 'args.x': 1 } },
    { when: { 'args.x': { gt: 1 } } },
    { approvers: ['ada'] },
    { approvers: ['ada', 'bob'] },
    { quorum: 2 },
    { expires_in: '1h' },
    { use_within: '1h' },
    { require_reason: true },
  ];
  const digests = changes.map((change) => policyDigest({ version: 2, rules: [{ ...rule, ...change }] }));
  expect(new Set(digests).size).toBe(changes.length);
});

it('changes with the time zone, also where it is the one that holds without it', () => {
  const rules: PolicyRule[] = [{ match: '*', decision: 'review' }];
  const zones = [undefined, 'UTC', 'Europe/Berlin'];
  const digests = zones.map((timezone) => policyDigest({ version: 2, rules, ...(timezone && { timezone }) }));
  expect(new Set(digests).size).toBe(zones.length);
});
