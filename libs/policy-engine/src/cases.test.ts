import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { compilePolicy, evaluate, validatePolicy } from './mod.ts';

const Call = z.strictObject({
  tool: z.string(),
  op: z.optional(z.string()),
  amount_cents: z.optional(z.union([z.number(), z.nan()])),
  args: z.optional(z.record(z.string(), z.unknown())),
  input: z.optional(z.record(z.string(), z.unknown())),
  server: z.optional(z.string()),
  principal: z.optional(z.string()),
  client: z.optional(z.strictObject({ name: z.string(), version: z.optional(z.string()) })),
  door: z.optional(z.string()),
  at: z.optional(z.iso.datetime().transform((at) => new Date(at))),
});
const Expected = z.strictObject({
  decision: z.enum(['allow', 'review', 'deny']),
  reasons: z.array(z.string()),
  rule: z.optional(z.strictObject({ index: z.int(), match: z.string() })),
  op: z.optional(z.string()),
  amount_cents: z.optional(z.number()),
  currency: z.optional(z.string()),
  terms: z.optional(z.record(z.string(), z.unknown())),
});
const Case = z.strictObject({
  description: z.string().min(1),
  policy: z.unknown(),
  calls: z.array(z.strictObject({ call: Call, expect: Expected })).min(1),
});

const folder = new URL('../cases/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

it('has policy cases to run', () => {
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('policy case %s', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const { description, policy, calls } = Case.parse(parse(text));

  it.each(calls)(
    `${description} — $call.tool $call.op $call.amount_cents $call.args $call.door`,
    ({ call, expect: expected }) => {
      const validation = validatePolicy(policy);
      if (!validation.ok) throw new Error(validation.errors.join('\n'));
      expect(evaluate(compilePolicy(validation.policy), call)).toEqual({
        ...expected,
        allowed: expected.decision === 'allow',
        approval_required: expected.decision === 'review',
      });
    },
  );
});
