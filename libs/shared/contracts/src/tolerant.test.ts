import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Approval } from './approvals.ts';
import { CheckReply, DecisionEnforced } from './decision.ts';
import { Grant } from './grants.ts';
import { isWhole, tolerant, whole } from './tolerant.ts';
import { Delivery } from './webhooks.ts';

const Part = z.strictObject({ n: z.number() });
const Shape = z.strictObject({
  list: z.array(Part).optional(),
  by_name: z.record(z.string(), Part).optional(),
  nothing: Part.nullable().optional(),
  either: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('a'), part: Part }),
    z.strictObject({ kind: z.literal('b'), often: z.array(z.string()).default(['never']) }),
  ]),
});
const new_one = { since: '0.9' };
const known = {
  list: [{ n: 1 }],
  by_name: { x: { n: 2 } },
  nothing: null,
  either: { kind: 'a', part: { n: 3 } },
};
const newer = {
  list: [{ n: 1, new_one }],
  by_name: { x: { n: 2, new_one } },
  nothing: null,
  either: { kind: 'a', part: { n: 3, new_one }, new_one },
  new_one,
};

describe('what a newer version has written', () => {
  it('is refused by the schema itself', () => {
    expect(Shape.safeParse(newer).success).toBe(false);
  });

  it('is read with all that is new, at every depth, or without it', () => {
    expect(tolerant(Shape, 'kept').parse(newer)).toEqual(newer);
    expect(tolerant(Shape, 'dropped').parse(newer)).toEqual(known);
  });

  it('gets the defaults of what it leaves out', () => {
    const left = { either: { kind: 'b', new_one } };
    expect(tolerant(Shape, 'kept').parse(left)).toEqual({ either: { kind: 'b', often: ['never'], new_one } });
  });

  it.each([
    ['an unknown kind', { either: { kind: 'c', part: { n: 3 } } }],
    ['no kind', { either: { part: { n: 3 } } }],
    ['a part of another type', { either: { kind: 'a', part: { n: '3' } } }],
    ['a part that is missing', { either: { kind: 'a', new_one } }],
    ['null in place of a part', { list: [null], either: { kind: 'b' } }],
  ])('is not read with %s', (_, data) => {
    expect(tolerant(Shape, 'kept').safeParse(data).success).toBe(false);
    expect(tolerant(Shape, 'dropped').safeParse(data).success).toBe(false);
  });
});

it('what is read whole or not at all is refused with one member more, wherever it stands', () => {
  const Terms = whole(z.strictObject({ quorum: z.int() }));
  const Asked = z.strictObject({ terms: Terms.optional(), all: z.array(Terms) });
  for (const unknown of ['kept', 'dropped'] as const) {
    const read = tolerant(Asked, unknown);
    expect(read.safeParse({ terms: { quorum: 1 }, all: [{ quorum: 2 }], new_one }).success).toBe(true);
    expect(read.safeParse({ terms: { quorum: 1, new_one }, all: [] }).success).toBe(false);
    expect(read.safeParse({ all: [{ quorum: 2, new_one }] }).success).toBe(false);
  }
});

it('what people judge, and what narrows what may run, is read whole', () => {
  const [pending] = Approval.options;
  const { call, terms, ruled } = pending.shape;
  const parts = [call, terms.unwrap(), ruled.unwrap(), Grant.shape.pattern, Grant.shape.terms.unwrap()];
  expect(parts.map(isWhole)).toEqual(parts.map(() => true));
  expect(isWhole(CheckReply.shape.terms.unwrap())).toBe(true);
  expect([isWhole(Approval), isWhole(Grant), isWhole(DecisionEnforced)]).toEqual([false, false, false]);
});

it('a reader is made once', () => {
  expect(tolerant(Shape, 'kept')).toBe(tolerant(Shape, 'kept'));
  expect(tolerant(Shape, 'kept')).not.toBe(tolerant(Shape, 'dropped'));
});

it('what its checks say counts as ever', () => {
  const delivery = { ...DELIVERY, new_one };
  expect(tolerant(Delivery, 'dropped').parse(delivery)).toEqual(DELIVERY);
  expect(tolerant(Delivery, 'dropped').safeParse({ ...delivery, attempt: 0 }).success).toBe(false);
});

it('a contract with a part that nothing reads is found at once', () => {
  expect(() => tolerant(z.strictObject({ at: z.date() }), 'kept')).toThrow('a part of the kind date');
});

const DELIVERY = {
  webhook_id: 'ops',
  message_id: 'm',
  event: 'webhook.test',
  attempt: 1,
  at: '2026-01-01T00:00:00.000Z',
  duration_ms: 1,
  ok: true,
};
