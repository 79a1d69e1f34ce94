import { createEvent } from '@aegis/contracts/create-event';
import { expect, it } from 'vitest';
import { toLiveEvent } from './live-event.ts';

const subject = 'aegis.log.audit';
const live = (seq: number, text: string) => toLiveEvent({ seq, subject, text }, 'decision');

const event = createEvent({
  type: 'aegis.audit.written.v1',
  source: 'test',
  data: { action: 'a', principal: 'anonymous', via: 'rest', note: 'one\ntwo' },
  time: '2026-01-05T09:30:00.000Z',
});

/** The event, with a key of its data as it is given. */
const writtenAs = (key: string): string =>
  JSON.stringify({ ...event, data: { ...event.data, p: 1, key: 2 } }, null, 2).replace('"key"', `"${key}"`);

it('an event is one block: its place in the log, its type, its JSON on one line', () => {
  const text = JSON.stringify(event);
  expect(live(7, text)?.frame).toBe(`id: 7\nevent: aegis.audit.written.v1\ndata: ${text}\n\n`);
});

it('JSON over several lines becomes one, so that no line of it is read as a field', () => {
  const frame = live(7, JSON.stringify(event, null, 2))?.frame ?? '';
  expect(frame.trimEnd().split('\n')).toHaveLength(3);
  expect(JSON.parse(frame.split('data: ')[1] ?? '')).toEqual(event);
});

it('its keys are as they are written, whatever was read before', () => {
  live(6, writtenAs('\\\\'));
  const frame = live(7, writtenAs('\\u0061'))?.frame ?? '';
  expect(frame).toContain('"p":1,"a":2}');
});

it.each(['', 'no JSON', '{}', 'null'])('%j is no event', (text) => {
  expect(live(7, text)).toBeUndefined();
});

it('an event on a subject where its type does not belong is none', () => {
  const text = JSON.stringify(event);
  expect(toLiveEvent({ seq: 7, subject: 'aegis.log.approval.x', text }, 'approval')).toBeUndefined();
});
