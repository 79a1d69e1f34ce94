import { describe, expect, it } from 'vitest';
import type { Approval } from './approvals.ts';
import { createEvent } from './create-event.ts';
import { APPROVAL_EVENTS } from './events/mod.ts';
import requested from './fixtures/events/aegis.approval.requested.v1.json' with { type: 'json' };
import { readEvent } from './read-event.ts';
import { approvalLog } from './subjects.ts';

const made = { source: 'approvals', time: '2026-01-01T00:05:00.000Z' } as const;
const cancelled = (approval: Approval, more: object = {}) => ({
  approval: {
    ...approval,
    status: 'cancelled' as const,
    cancelled_at: made.time,
    cancelled_because: 'not needed',
    ...more,
  },
});
const write = (approval: Approval, more: object, before?: { approval: Approval }) =>
  createEvent({ ...made, type: 'aegis.approval.cancelled.v1', data: cancelled(approval, more), before }).data;
const subject = approvalLog(requested.data.approval.approval_id);
const read = (data: unknown) => {
  const event = readEvent({ subject, event: { ...requested, data } }, ...APPROVAL_EVENTS);
  if (!event) throw new Error('not read');
  return event.data;
};

const plain = requested.data.approval;

describe('an event is written', () => {
  it('where it is what its type says', () => {
    const before = read(requested.data);
    expect(write(before.approval, {}, before)).toEqual(cancelled(before.approval));
  });

  it('with what a newer version wrote into the state that it goes on from', () => {
    const written = {
      ...plain,
      first_seen_at: made.time,
      rule: { ...plain.rule, id: 'r-1' },
      endorsements: [{ by: 'ada', at: made.time, device: { key: 'blue' } }],
    };
    const before = read({ approval: written, region: 'eu' });
    const after = { ...cancelled(before.approval), region: 'eu' };
    const event = createEvent({ ...made, type: 'aegis.approval.cancelled.v1', data: after, before });
    expect(event.data).toEqual({ ...cancelled(written as never), region: 'eu' });
  });

  it('with what is left of that', () => {
    const endorsements = ['ada', 'bob'].map((by) => ({ by, at: made.time, device: by }));
    const before = read({ approval: { ...plain, endorsements } });
    const left = { endorsements: endorsements.slice(1) };
    expect(write(before.approval, left, before)).toMatchObject({ approval: left });
  });
});

describe('an event is not written', () => {
  const before = read({ approval: { ...plain, first_seen_at: made.time } });

  it.each([
    ['with a member that nobody knows', { canceled_by: 'ada' }, before],
    [
      'with another value of what a newer version wrote',
      { first_seen_at: '2026-02-01T00:00:00.000Z' },
      before,
    ],
    ['with what a newer version wrote, but not here', { last_seen_at: made.time }, before],
    ['with a wrong value', { cancelled_at: 'now' }, before],
  ])('%s', (_, more, from) => {
    expect(() => write(before.approval, more, from)).toThrow();
  });

  it('with what a newer version wrote where it goes on from nothing', () => {
    expect(() => write(before.approval, {})).toThrow('first_seen_at');
  });
});
