import { digestOf } from '@aegis/kit/json';
import { expect, it } from 'vitest';
import { approvalEvent, decisionEvent, pending } from '../testkit/samples.ts';
import { toLiveEvent } from './live-event.ts';

const subject = 'aegis.log.decision.enforce.allowed';
const live = (seq: number, text: string) => toLiveEvent({ seq, subject, text }, 'decision');

const event = { ...decisionEvent(), data: { ...(decisionEvent().data as object), reasons: ['one\ntwo'] } };

/** The event, with a key of its data as it is given. */
const writtenAs = (key: string): string =>
  JSON.stringify({ ...event, data: { ...event.data, p: 1, key: 2 } }, null, 2).replace('"key"', `"${key}"`);

it('an event is one block: its place in the log, its type, its JSON on one line', () => {
  const text = JSON.stringify(event);
  expect(live(7, text)?.frame).toBe(`id: 7\nevent: aegis.decision.enforced.v1\ndata: ${text}\n\n`);
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

it('without values of arguments it has their names and their digest, and all else', () => {
  const [args, input] = [{ password: 's3cret', user: 'ada' }, { _meta: { token: 't0ken' } }];
  const stored = {
    ...approvalEvent(),
    data: { approval: { ...pending, call: { ...pending.call, args, input } } },
  };
  const text = JSON.stringify(stored);
  const masked = toLiveEvent(
    { seq: 7, subject: `aegis.log.approval.${pending.approval_id}`, text },
    'approval',
  )?.masked();
  expect(masked).not.toMatch(/s3cret|t0ken/);
  expect(JSON.parse(masked?.split('data: ')[1] ?? '')).toEqual({
    ...stored,
    data: {
      approval: {
        ...pending,
        call: {
          ...pending.call,
          arg_names: ['password', 'user'],
          args_digest: digestOf(args),
          input_names: ['_meta'],
          input_digest: digestOf(input),
        },
      },
    },
  });
});

it('nor has it the beginning of arguments that stand elsewhere', () => {
  const args_body = { digest: `sha256:${'1'.repeat(64)}`, bytes: 70_000, begins: '{"password":"s3cret' };
  const text = JSON.stringify({
    ...approvalEvent(),
    data: { approval: { ...pending, call: { ...pending.call, args: undefined, args_body } } },
  });
  const masked = toLiveEvent(
    { seq: 7, subject: `aegis.log.approval.${pending.approval_id}`, text },
    'approval',
  )?.masked();
  expect(masked).toContain(`"args_digest":"${args_body.digest}"`);
  expect(masked).not.toContain('s3cret');
});
