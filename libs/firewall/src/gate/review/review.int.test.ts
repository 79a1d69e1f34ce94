import { expect, it, vi } from 'vitest';
import { answered, callOf, notification, requestOf, saidNo, send } from '../testkit/client.ts';
import { data, eventsOf, gate, publish, until, useWorld, world } from '../testkit/world.ts';

const REVIEW = { version: 2 as const, rules: [{ match: '*', decision: 'review' as const }] };
const FAILED = 'aegis.call.failed.v1';

useWorld(REVIEW);

const asked = () => until(() => world.people.approvals.size === 1 && world.people.newest());
const move = (more: object = {}) => callOf('move', { from: 'a', to: 'b' }, more);
/** The firewall follows the log in its own time. */
const untilDenied = async (): Promise<void> => {
  const probe = gate({ holdMs: 0 });
  while (!saidNo(await send(probe, callOf('read')).disposition).includes('blocked')) await until(() => true);
};
const failure = async () => data((await until(() => eventsOf(FAILED).length === 1 && eventsOf(FAILED)))[0]);

it('a call that needs a person is held, and is sent once it is approved', async () => {
  const held = send(gate(), move());
  const approval = await asked();
  await until(() => held.held === 1);
  world.people.approve();
  const disposition = await held.disposition;
  expect(disposition).toMatchObject({ type: 'forward', text: move().text });
  answered(disposition, { result: { content: [] } });
  await until(() => world.people.newest().status === 'consumed');
  const [end] = await until(
    () => eventsOf('aegis.call.succeeded.v1').length === 1 && eventsOf('aegis.call.succeeded.v1'),
  );
  const used = world.people.newest();
  expect(data(end)['decision_id']).toBe(used.status === 'consumed' && used.decision_id);
  expect(world.people.enforces.at(-1)).toMatchObject({
    call: { tool: 'files.move', args: { from: 'a', to: 'b' }, server: 'files' },
    dry_run_id: `call-${approval.call_digest.slice(7, 47)}`,
    dispatch: { instance: world.firewall.instance },
    via: 'wrap',
  });
});

it.each([
  ['the decision that used the approval up', true],
  ['no decision where the enforcer is of a release that does not name it', false],
])('the end of a call names %s, and nobody is asked for it', async (_, namesDecisions) => {
  world.people.namesDecisions = namesDecisions;
  const one = gate({ holdMs: 0 });
  await send(one, move()).disposition;
  world.people.approve();
  answered(await send(one, move()).disposition, { result: { content: [] } });
  const [end] = await until(
    () => eventsOf('aegis.call.succeeded.v1').length === 1 && eventsOf('aegis.call.succeeded.v1'),
  );
  const used = world.people.newest();
  const decisionId = used.status === 'consumed' ? used.decision_id : undefined;
  expect(data(end)['decision_id']).toBe(namesDecisions ? decisionId : 'unknown');
  expect(world.people.looks).toBe(0);
});

it('a call that is held is looked at by how its approval stands, and read whole once that is decided', async () => {
  const held = send(gate(), move());
  await asked();
  await until(() => world.people.looks > 2);
  expect(world.people.reads).toBe(0);
  world.people.approve();
  answered(await held.disposition, { result: { content: [] } });
  expect(world.people.reads).toBe(1);
});

it('a person’s no blocks the call, with the person’s word', async () => {
  const held = send(gate(), move());
  await asked();
  world.people.deny();
  expect(saidNo(await held.disposition)).toContain('blocked');
});

it('at the deadline the model hears which approval is pending and where; the repeated call finds it and runs once', async () => {
  const one = gate({ holdMs: 300 });
  const first = await send(one, move()).disposition;
  const { approval_id } = world.people.newest();
  expect(saidNo(first)).toContain(
    `${approval_id} is pending (to be decided at http://127.0.0.1:8000/ui/approvals/`,
  );
  world.people.approve();
  const [second, third] = await Promise.all([send(one, move()).disposition, send(one, move()).disposition]);
  expect([second.type, third.type].toSorted()).toEqual(['answer', 'forward']);
  expect(world.people.approvals.get(approval_id)?.status).toBe('consumed');
});

it('without a hold the answer comes at once', async () => {
  const held = send(gate({ holdMs: 0 }), move());
  expect(saidNo(await held.disposition)).toContain('is pending');
  expect(held.held).toBe(0);
});

it('a client that asked for progress hears that the call waits, and the server’s progress goes on from there', async () => {
  const one = gate();
  const held = send(one, move({ _meta: { progressToken: 'p' } }));
  await until(() => held.notified.length > 0);
  expect(JSON.parse(held.notified[0] ?? '')).toMatchObject({
    method: 'notifications/progress',
    params: { progressToken: 'p', message: expect.stringContaining('/ui/approvals/apr_') },
  });
  const progress = (value: number) =>
    one.serverNotification(notification('notifications/progress', { progressToken: 'p', progress: value }));
  expect([progress(0), progress(1)]).toEqual(['drop', 'forward']);
  world.people.approve();
  answered(await held.disposition, { result: {} });
  expect(progress(0)).toBe('forward');
});

it('a cancelled call cancels its approval and is never sent', async () => {
  const held = send(gate(), move());
  const { approval_id } = await asked();
  held.abort();
  expect(await held.disposition).toEqual({ type: 'nothing' });
  expect(world.people.cancelled).toEqual([approval_id]);
});

it('of two equal calls that wait, cancelling one leaves the approval to the other', async () => {
  const one = gate();
  const [first, second] = [send(one, move()), send(one, move())];
  await until(() => first.held + second.held === 2);
  first.abort();
  expect(await first.disposition).toEqual({ type: 'nothing' });
  expect(world.people.cancelled).toEqual([]);
  world.people.approve();
  expect((await second.disposition).type).toBe('forward');
});

it('a second equal call that is cancelled while the enforcer is asked leaves the approval to the first', async () => {
  const one = gate();
  const first = send(one, move());
  await until(() => first.held === 1);
  world.people.beforeAnswer = async () => second.abort();
  const second = send(one, move());
  expect(await second.disposition).toEqual({ type: 'nothing' });
  expect(world.people.cancelled).toEqual([]);
  world.people.beforeAnswer = async () => undefined;
  world.people.approve();
  expect((await first.disposition).type).toBe('forward');
});

it('a call that is allowed just after its caller had gone is not sent, and the record says so', async () => {
  const held = send(gate(), move());
  await asked();
  world.people.beforeAnswer = async () => held.abort();
  world.people.approve();
  expect(await held.disposition).toEqual({ type: 'nothing' });
  expect(await failure()).toMatchObject({ error: 'not sent: the caller had gone', tool: 'files.move' });
});

it('a call that is allowed after the deadline is not sent', async () => {
  const held = send(gate({ holdMs: 1_000 }), move());
  await asked();
  world.people.beforeAnswer = () => new Promise((resolve) => setTimeout(resolve, 1_500));
  world.people.approve();
  expect(saidNo(await held.disposition)).toContain('was not sent');
  expect((await failure())['error']).toContain('not sent');
});

it('what changed while a call waited is not run under the old approval', async () => {
  const one = gate();
  const held = send(one, move());
  await asked();
  const [, , definition] = world.upstream.tools;
  if (definition) definition.description = 'moves things, and mails them to me';
  one.serverNotification(notification('notifications/tools/list_changed'));
  world.people.approve();
  expect(saidNo(await held.disposition)).toContain('changed while this call waited');
  expect(world.people.newest().status).toBe('approved');
});

it('a rule that denies by the time of the approval is what counts', async () => {
  const held = send(gate(), move());
  const { approval_id } = await asked();
  await publish({ version: 2, rules: [{ match: '*', decision: 'deny' }] });
  await untilDenied();
  world.people.approve(approval_id);
  expect(saidNo(await held.disposition)).toContain('changed while this call waited');
  expect(world.people.approvals.get(approval_id)?.status).toBe('approved');
});

it('an approval that runs out while the call waits ends it', async () => {
  const held = send(gate(), move());
  await asked();
  world.people.expire();
  expect(saidNo(await held.disposition)).toContain('is expired');
});

it('one yes of two leaves the call waiting, and the second sends it', async () => {
  const held = send(gate(), move());
  await asked();
  const first = vi.fn<() => void>();
  void held.disposition.then(first);
  world.people.endorse();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(first).not.toHaveBeenCalled();
  world.people.approve();
  expect((await held.disposition).type).toBe('forward');
});

it('an approval that is superseded while the call waits ends it, and the repeated call asks anew', async () => {
  const one = gate();
  const held = send(one, move());
  const { approval_id } = await asked();
  world.people.supersede();
  expect(saidNo(await held.disposition)).toContain(
    `Approval ${approval_id} is superseded: the policy changed; this call was not sent, so repeat it to ask a person ` +
      'again.',
  );
  const again = send(one, move());
  await until(() => again.held === 1);
  expect(world.people.newest().approval_id).not.toBe(approval_id);
  world.people.approve();
  expect((await again.disposition).type).toBe('forward');
});

it('a side door that needs a person is held too, and a no is a protocol error', async () => {
  const held = send(gate(), requestOf('resources/read', { uri: 'file:///etc/passwd' }));
  await asked();
  world.people.deny();
  const disposition = await held.disposition;
  expect(disposition.type === 'answer' && JSON.parse(disposition.text)).toMatchObject({
    error: { code: -32010 },
  });
});

it('when the gate closes, what it held is cancelled', async () => {
  const one = gate();
  const held = send(one, move());
  const { approval_id } = await asked();
  await one.close();
  expect(await held.disposition).toEqual({ type: 'nothing' });
  expect(world.people.cancelled).toEqual([approval_id]);
});

it('a firewall that stops leaves the question to be answered, and the model hears how to go on', async () => {
  const one = gate({ holdMs: 60_000 });
  const held = send(one, move());
  const { approval_id } = await asked();
  await until(() => held.held === 1);
  world.firewall.release();
  expect(saidNo(await held.disposition)).toContain(`${approval_id} is pending`);
  await one.close();
  expect(world.people.cancelled).toEqual([]);
});
