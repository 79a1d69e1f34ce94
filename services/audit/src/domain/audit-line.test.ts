import { readFileSync } from 'node:fs';
import { AUDIT_STATUSES, AuditLine } from '@aegis/contracts/audit';
import { EVENT_TYPES, type EventData, type EventType } from '@aegis/contracts/events';
import { fixtureOf, messageOf } from '@aegis/contracts/testing/fixtures';
import { describe, expect, it } from 'vitest';
import { asShown, toAuditLine } from './audit-line.ts';
import type { Recorded } from './recorded.ts';

const storedAt = new Date('2026-03-01T10:00:01.000Z');
const TYPES = Object.keys(EVENT_TYPES) as EventType[];
const lineOf = (message: Pick<Recorded, 'subject' | 'event'>) =>
  toAuditLine({ seq: 7, storedAt, ...message });

/** The line of a fixture that says this too. */
const lineWith = <T extends EventType>(type: T, more: Partial<EventData<T>>) =>
  lineOf(messageOf(type, { ...fixtureOf(type).data, ...more }));

const APPROVED = 'aegis.approval.approved.v1';
const ENFORCED = 'aegis.decision.enforced.v1';
const GRANT = `gra_${'g'.repeat(26)}`;
const at = '2026-03-01T10:00:00.000Z';

/** An approval as it was asked for, and what happened to it since. */
const approvalThat = (since: object): EventData<typeof APPROVED> => {
  const { reason: _, ...approval } = fixtureOf('aegis.approval.requested.v1').data.approval;
  return { approval: { ...approval, ...since } };
};

describe('the flat line', () => {
  it.each(TYPES)('of %s is one, with the place in the log and the id of the event', (type) => {
    const message = messageOf(type);
    const line = toAuditLine({ seq: 7, storedAt: new Date(message.event.time), ...message });
    expect(line).toMatchObject({ seq: 7, ts: message.event.time, event_id: message.event.id, type });
    expect(line.trace_id).toMatch(/^[0-9a-f]{32}$/);
    expect(line.action).not.toBe('unreadable');
    expect(AuditLine.safeParse(line).success).toBe(true);
  });

  it.each([
    ['2026-02-28T10:00:01.000Z', '2026-02-28T10:00:01.000Z'],
    ['2026-03-02T10:00:01.000Z', '2026-03-02T10:00:01.000Z'],
    ['2026-02-28T10:00:00.999Z', storedAt.toISOString()],
    ['2026-03-02T10:00:01.001Z', storedAt.toISOString()],
    ['1970-01-01T00:00:00.000Z', storedAt.toISOString()],
  ])('of an event of %s that the log took at 2026-03-01T10:00:01Z is of %s', (time, ts) => {
    const { subject, event } = messageOf(ENFORCED);
    expect(lineOf({ subject, event: { ...event, time } }).ts).toBe(ts);
  });

  it.each([
    ['allowed', true],
    ['pending', null],
    ['blocked', false],
  ] as const)('of an enforce that was %s has ok %s', (outcome, ok) => {
    expect(lineWith(ENFORCED, { outcome, reasons: [] })).toMatchObject({
      ok,
      status: outcome,
      note: null,
    });
  });

  it('of an enforce has what a firewall in the path knows of the call', () => {
    const line = lineWith(ENFORCED, {
      outcome: 'allowed',
      reasons: [],
      client: { name: 'cursor' },
      door: 'resource:file:///etc/hosts',
      dispatch: { call_id: 'c1', instance: 'i1', server: 'files', method: 'resources/read' },
    });
    expect(line).toMatchObject({
      call_id: 'c1',
      client: 'cursor',
      door: 'resource:file:///etc/hosts',
    });
  });

  it('of an approval has its client in words, as every line has it', () => {
    const client = { name: 'cursor', version: '2.1' };
    const line = lineOf(
      messageOf(
        APPROVED,
        approvalThat({ status: 'approved', decided_at: at, decided_by: 'ada', use_by: at, client }),
      ),
    );
    expect(line).toMatchObject({ type: APPROVED, client: 'cursor 2.1' });
    expect(AuditLine.safeParse(line).success).toBe(true);
  });

  it("of a task's handle does not say that the work went well", () => {
    const line = lineWith('aegis.call.succeeded.v1', { accepted: true });
    expect(line).toMatchObject({ action: 'call.succeeded', ok: null, status: 'accepted' });
  });

  it('of a tool that looks like another is not ok, and names the other', () => {
    const line = lineWith('aegis.tool.seen.v1', { looks_like: 'mоve' });
    expect(line).toMatchObject({ ok: false, note: expect.stringContaining("looks like 'mоve'") as string });
  });

  const yes = { decided_at: at, decided_by: 'ben', decision_reason: 'the parcel was lost' };
  const approved = { status: 'approved', ...yes, use_by: at };
  const endorsements = [
    { by: 'ada', at, reason: 'seen' },
    { by: 'ben', at },
  ];
  it.each([
    ['approved.v1', approved, 'approved by ben: the parcel was lost'],
    ['approved.v1', { ...approved, endorsements }, 'approved by ada and ben: the parcel was lost'],
    [
      'approved.v1',
      { ...approved, decision_reason: undefined, grant_id: GRANT },
      `approved by grant ${GRANT} of ben`,
    ],
    [
      'endorsed.v1',
      { status: 'pending', terms: { quorum: 3 }, endorsements: endorsements.slice(0, 1) },
      'approved by ada (1 of 3): seen',
    ],
    [
      'denied.v1',
      { status: 'denied', ...yes, denied_because: yes.decision_reason },
      'denied by ben: the parcel was lost',
    ],
    [
      'denied.v1',
      { status: 'denied', ...yes, denied_because: 'denied at the console' },
      'denied by ben: denied at the console: the parcel was lost',
    ],
  ] as const)('of approval.%s says who decided and why: %j', (type, since, note) => {
    const data = approvalThat(since);
    expect(lineOf(messageOf(`aegis.approval.${type}`, data)).note).toBe(note);
  });

  it.each([
    [{ change: 'removed' }, null, 'ops removed by ada'],
    [{ change: 'disabled', because: 'it answered 410' }, false, 'ops disabled by ada: it answered 410'],
    [
      { change: 'saved', target: { type: 'email', to: ['a@example.com'], events: ['approval.requested'] } },
      null,
      'ops saved by ada; e-mail to 1 address is told of approval.requested',
    ],
  ] as const)('of a webhook that is changed: %j', (change, ok, note) => {
    const data = { webhook_id: 'ops', by: 'ada', ...change } as EventData<'aegis.webhook.changed.v1'>;
    expect(lineOf(messageOf('aegis.webhook.changed.v1', data))).toMatchObject({ ok, note });
  });

  it('has no arguments and no address that is a secret', () => {
    const { grant } = fixtureOf('aegis.grant.given.v1').data;
    const url = 'https://hooks.example.com/services/secret';
    const pattern = { ...grant.pattern, args: { iban: { equals: 'DE-secret' } } };
    const lines = [
      ...(['given', 'used', 'revoked'] as const).map((what) =>
        lineWith(`aegis.grant.${what}.v1`, { grant: { ...grant, pattern } }),
      ),
      lineWith('aegis.webhook.changed.v1', { target: { type: 'slack', url, events: ['approval.denied'] } }),
      lineOf(
        messageOf(
          APPROVED,
          approvalThat({ ...approved, call: { tool: 't', principal: 'p', args: { iban: 'DE-secret' } } }),
        ),
      ),
    ];
    expect(lines.map(({ action }) => action)).not.toContain('unreadable');
    expect(lines[3]?.note).toContain('slack at hooks.example.com is told of approval.denied');
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('keeps the trace of the approval, whatever the message says', () => {
    const { subject, event } = messageOf(APPROVED);
    const line = lineOf({ subject, event: { ...event, traceparent: undefined } });
    expect(line.trace_id).toBe(event.data.approval.trace_id);
  });

  it('is the same for an event of a newer version, which has more in it', () => {
    const { subject, event } = messageOf(ENFORCED);
    const data = { ...event.data, call: { ...event.data.call, weight: 1 }, server: 'else', note: 'else' };
    expect(lineOf({ subject, event: { ...event, data } })).toEqual(lineOf({ subject, event }));
  });

  it('is there for what can not be read, and says so', () => {
    const { subject, event } = messageOf(APPROVED);
    const nothing = lineOf({ subject });
    expect(nothing).toMatchObject({
      action: 'unreadable',
      ok: false,
      ts: storedAt.toISOString(),
      event_id: 'unreadable-7',
      type: 'unreadable',
      note: `this message on ${subject} is not an event`,
    });
    expect(AuditLine.safeParse(nothing).success).toBe(true);
    const type = 'aegis.moon.landed.v1';
    const odd = { action: 'unreadable', ok: false, event_id: event.id, type: 'unreadable', trace_id: null };
    const note = `unknown type of event ${type}`;
    expect(lineOf({ subject, event: { ...event, type } })).toMatchObject({ ...odd, note });
    expect(lineOf({ subject, event: { ...event, data: { approval: 1 } } })).toMatchObject(odd);
  });

  it('is unreadable where somebody else may write: it says so, and is no approval', () => {
    const { event } = messageOf(APPROVED);
    expect(lineOf({ subject: 'aegis.log.audit', event })).toMatchObject({
      action: 'unreadable',
      ok: false,
      status: null,
      type: 'unreadable',
      trace_id: null,
      ts: storedAt.toISOString(),
      note: `${APPROVED} does not belong on aegis.log.audit`,
    });
  });

  it('is unreadable where the event is in the log already, and says where', () => {
    const message = messageOf(APPROVED);
    expect(toAuditLine({ seq: 7, storedAt, ...message, repeats: 3 })).toMatchObject({
      action: 'unreadable',
      type: 'unreadable',
      status: null,
      event_id: message.event.id,
      note: `${APPROVED} on ${message.subject} has the id of the event at 3`,
    });
  });

  it('of what a client wrote says so in its action, also where it stands in a file of before', () => {
    const forged = { action: 'approval.approved', tool: 'pay.out', note: 'approved by alice' };
    const line = lineWith('aegis.audit.written.v1', forged);
    expect(line).toMatchObject({ ...forged, action: 'client:approval.approved', principal: 'anonymous' });
    expect(asShown({ ...line, action: 'approval.approved' })).toEqual(line);
    expect(asShown(line)).toEqual(line);
    const forgotten = { ...line, action: 'unreadable', type: APPROVED };
    expect(asShown(forgotten)).toEqual({ ...forgotten, type: 'unreadable' });
  });

  it('cuts a note that would not end', () => {
    const errors = ['x'.repeat(1_000_000)];
    const line = lineWith('aegis.policy.rejected.v1', { path: 'p', errors });
    expect(line.note).toHaveLength(4096);
  });
});

it('no line has a status that nobody can ask for, and each that can be asked for is one of a line', () => {
  const released = readFileSync(new URL('testkit/released-audit.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => AuditLine.parse(JSON.parse(line)));
  const said = [...TYPES.map((type) => lineOf(messageOf(type))), ...released];
  const statuses = said.flatMap(({ status }) => status ?? []);
  expect(new Set(statuses)).toEqual(new Set(AUDIT_STATUSES));
});

it.each([
  ['rest', 'over REST'],
  ['mcp', 'over MCP'],
  ['path', 'in the path'],
] as const)('what was refused by %s is told as %s', (door, over) => {
  expect(lineWith('aegis.requests.refused.v1', { door }).note).toMatch(new RegExp(`^\\d+ ${over} since `));
});
