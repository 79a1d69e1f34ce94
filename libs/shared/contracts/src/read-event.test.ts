import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { APPROVAL_EVENTS } from './events/mod.ts';
import { createReadEvent, readEvent, type Upcasters } from './read-event.ts';
import { messageOf } from './testing/fixtures.ts';

const { subject, event: approved } = messageOf('aegis.approval.approved.v1');
const read = (event: { type: string; data: unknown }) => readEvent({ subject, event });

describe('a stored event', () => {
  it('is read with its type', () => {
    expect(read(approved)).toEqual({ type: approved.type, data: approved.data });
    expect(readEvent({ subject, event: approved }, ...APPROVAL_EVENTS)?.data.approval.status).toBe(
      'approved',
    );
  });

  it('is not read as one of another type', () => {
    expect(
      readEvent({ subject, event: approved }, 'aegis.approval.denied.v1', 'aegis.grant.used.v1'),
    ).toBeUndefined();
    expect(read({ ...approved, type: 'aegis.grant.used.v1' })).toBeUndefined();
  });

  it('is not read where its state is not what its type says', () => {
    expect(APPROVAL_EVENTS.filter((type) => read({ ...approved, type }) !== undefined)).toEqual([
      'aegis.approval.approved.v1',
    ]);
  });

  it.each(['aegis.approval.praised.v1', 'aegis.approval.approved.v2', '', 'constructor'])(
    'of the unknown type %j is not read',
    (type) => expect(read({ ...approved, type })).toBeUndefined(),
  );

  it('that is not there is not read', () => {
    expect(readEvent(undefined)).toBeUndefined();
    expect(readEvent({ subject })).toBeUndefined();
  });

  it.each([
    `${subject}.x`,
    subject.replace('apr_', 'gra_'),
    `aegis.log.approval.apr_${'b'.repeat(26)}`,
    'aegis.log.policy',
  ])('is not read on %s, where it does not belong', (other) =>
    expect(readEvent({ subject: other, event: approved })).toBeUndefined(),
  );

  it('of a newer version is read with what is new in it', () => {
    const { approval } = approved.data;
    const data = {
      approval: { ...approval, seen_at: approval.decide_by, rule: { ...approval.rule, id: 'r-1' } },
    };
    expect(read({ ...approved, data })?.data).toEqual(data);
  });

  it.each([
    ['a state that nobody here knows', { status: 'escalated' }],
    ['more in the call than people here would see', { call: { ...approved.data.approval.call, meta: {} } }],
    ['a term that nobody here knows', { terms: { quorum: 2, on: 'weekdays' } }],
  ])('of a newer version with %s is not read', (_, more) => {
    const data = { approval: { ...approved.data.approval, ...more } };
    expect(read({ ...approved, data })).toBeUndefined();
  });
});

describe('an event of an older version', () => {
  const V3 = z.strictObject({ cents: z.int(), currency: z.string() });
  const upcasters: Upcasters = {
    'aegis.money.paid.v1': (data) => ({
      type: 'aegis.money.paid.v2',
      data: { cents: z.object({ euros: z.number() }).parse(data).euros * 100 },
    }),
    'aegis.money.paid.v2': (data) => ({
      type: 'aegis.money.paid.v3',
      data: { ...z.looseObject({}).parse(data), currency: 'EUR' },
    }),
  };
  const log = { id: 'money', title: 'Money', subject: 'aegis.log.money' };
  const reader = createReadEvent({ 'aegis.money.paid.v3': { schema: V3, channel: log } }, upcasters);
  const readMoney = (event: { type: string; data: unknown }, ...types: 'aegis.money.paid.v3'[]) =>
    reader({ subject: log.subject, event }, ...types);
  const paid = { type: 'aegis.money.paid.v3', data: { cents: 500, currency: 'EUR' } };

  it('is read as one of the newest, through each version between', () => {
    expect(readMoney({ type: 'aegis.money.paid.v1', data: { euros: 5 } })).toEqual(paid);
    expect(readMoney({ type: 'aegis.money.paid.v2', data: { cents: 500 } }, 'aegis.money.paid.v3')).toEqual(
      paid,
    );
    expect(readMoney(paid)).toEqual(paid);
  });

  it('is not read where its upcaster can not, or gives what the newest does not take', () => {
    expect(readMoney({ type: 'aegis.money.paid.v1', data: { pounds: 5 } })).toBeUndefined();
    expect(readMoney({ type: 'aegis.money.paid.v2', data: { cents: 'many' } })).toBeUndefined();
  });

  it('ends where upcasters go in a circle', () => {
    const again = createReadEvent({}, { 'aegis.a.b.v1': (data) => ({ type: 'aegis.a.b.v1', data }) });
    expect(again({ subject: log.subject, event: { type: 'aegis.a.b.v1', data: {} } })).toBeUndefined();
  });
});
