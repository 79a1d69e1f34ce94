import { expect, it } from 'vitest';
import { answered, answerOf, callOf, MODERN, requestOf, saidNo, send } from './testkit/client.ts';
import { inForce } from './testkit/in-force.ts';
import { data, eventsOf, gate, until, useWorld, world } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';

useWorld({
  version: 2,
  rules: [
    { match: '*.move', decision: 'deny', description: 'nothing is moved' },
    { match: '*', decision: 'allow' },
  ],
});

it('an allowed call is on record, decision and dispatch in one event, before it is sent', async () => {
  const request = callOf('read', { path: '/srv/a' });
  const disposition = await send(gate(), request).disposition;
  expect(disposition).toMatchObject({ type: 'forward', text: request.text });
  const [decision] = await until(() => eventsOf(DECIDED).length === 1 && eventsOf(DECIDED));
  expect(data(decision)).toMatchObject({
    outcome: 'allowed',
    call: { tool: 'files.read', server: 'files', principal: 'os-user:ann' },
    dispatch: { instance: world.firewall.instance, server: 'files', method: 'tools/call' },
    recorded_args: { path: '/srv/a' },
    via: 'wrap',
  });
});

it('a call that a rule denies is not sent: the model reads which rule, and the record says blocked', async () => {
  const disposition = await send(gate(), callOf('move', { from: 'a' })).disposition;
  expect(saidNo(disposition)).toContain('nothing is moved');
  expect(answerOf(disposition).id).toBe(7);
  const [decision] = await until(() => eventsOf(DECIDED).length === 1 && eventsOf(DECIDED));
  expect(data(decision)).toMatchObject({ outcome: 'blocked', rule: { index: 0, match: '*.move' } });
  expect(data(decision)['dispatch']).toBeUndefined();
});

it('an amount is on record with the currency that its rule read', async () => {
  const euros = { match: '*', decision: 'allow', amount: 'args.n', cap_cents: 900 } as const;
  await inForce({ ...euros, currency: ['CHF', 'EUR'] });
  await send(gate(), callOf('read', { n: 700, currency: 'EUR' })).disposition;
  await until(() => eventsOf(DECIDED).length === 1);
  const paid = { outcome: 'allowed', call: { amount_cents: 700, currency: 'EUR' } };
  expect(data(eventsOf(DECIDED)[0])).toMatchObject(paid);
});

it('how a call ended is recorded, and the client gets the server’s own bytes', async () => {
  const disposition = await send(gate(), callOf('read', { path: '/srv/a' })).disposition;
  const result = { content: [{ type: 'text', text: 'hello' }] };
  expect(answered(disposition, { result })).toBe(JSON.stringify({ jsonrpc: '2.0', id: 7, result }));
  const [end] = await until(
    () => eventsOf('aegis.call.succeeded.v1').length === 1 && eventsOf('aegis.call.succeeded.v1'),
  );
  const [decision] = eventsOf(DECIDED);
  expect(data(end)).toMatchObject({
    decision_id: decision?.id,
    call_id: (data(decision)['dispatch'] as { call_id: string }).call_id,
    tool: 'files.read',
    result_bytes: JSON.stringify(result).length,
    recorded_result: result,
  });
});

it.each(['resources/subscribe', 'resources/unsubscribe'])(
  'a method that the newest era does not have is for the server to refuse: %s',
  async (method) => {
    const { disposition } = send(gate(), requestOf(method, { _meta: MODERN }));
    expect((await disposition).type).toBe('forward');
  },
);
