import { aliveSubject } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { expect, it } from 'vitest';
import type { Disposition, Gate } from './api.ts';
import { answered, callOf, requestOf, saidNo, send } from './testkit/client.ts';
import { data, eventsOf, gate, publish, startFirewall, until, useWorld, world } from './testkit/world.ts';

const DECIDED = 'aegis.decision.enforced.v1';
const UNKNOWN = 'aegis.call.outcome_unknown.v1';

useWorld();

it('a bus that is gone denies the call, and the next one passes when it is back', async () => {
  const one = gate();
  expect((await send(one, callOf('read')).disposition).type).toBe('forward');
  await world.server.kill();
  await until(() => !world.bus.isUp());
  expect(saidNo(await send(one, callOf('read')).disposition)).toContain("can't decide now");
  await world.server.restart();
  await until(() => world.firewall.health().status === 'ok');
  expect((await send(one, callOf('read')).disposition).type).toBe('forward');
});

/** A bus that gives no word back on what it was asked to store. */
const commitLate = async (_fact: unknown, deadlineMs: number): Promise<never> => {
  await new Promise((resolve) => setTimeout(resolve, deadlineMs - Date.now()));
  throw new AppError('storage_unavailable', 'The event log did not confirm in time.');
};

it('a bus that is slow denies the call, which is not sent later, and the record says so', async () => {
  const firewall = await startFirewall({ bus: { ...world.bus, commit: commitLate }, timeoutMs: 100 });
  const request = requestOf('resources/read', { uri: 'file:///a' });
  const disposition = await send(gate({}, firewall), request).disposition;
  expect(disposition.type === 'answer' && disposition.text).toContain("can't decide now");
  await until(() => eventsOf('aegis.call.failed.v1').length === 1);
  expect(data(eventsOf('aegis.call.failed.v1')[0])['error']).toContain('not sent');
  await firewall.close();
});

const AT_ONCE = 20;
const letThrough = (): number =>
  eventsOf(DECIDED).filter((event) => data(event)['outcome'] === 'allowed').length;
const deniedWith = (disposition: Disposition, why: string): boolean =>
  disposition.type === 'answer' && saidNo(disposition).includes(why);

/**
 * The fault comes to the firewall in its own time: until the first denial calls may pass. From there on none does, one after
 * the other or all at once, and none is on record as let through.
 */
async function expectNothingPasses(one: Gate, why: string): Promise<void> {
  const call = () => send(one, callOf('read')).disposition;
  const giveUpAt = Date.now() + 8_000;
  while (!deniedWith(await call(), why)) expect(Date.now()).toBeLessThan(giveUpAt);
  await world.recordRead();
  const before = letThrough();
  const passages: Disposition[] = [];
  for (let n = 0; n < AT_ONCE; n++) passages.push(await call());
  passages.push(...(await Promise.all(Array.from({ length: AT_ONCE }, call))));
  expect(passages.filter((disposition) => !deniedWith(disposition, why))).toEqual([]);
  await world.recordRead();
  expect(letThrough()).toBe(before);
}

it('a policy that can not be read denies every call', async () => {
  const one = gate();
  await send(one, callOf('read')).disposition;
  const broken = { version: 2, rules: [{ match: '*', decision: 'perhaps' }] } as never;
  await expect(publish(broken)).resolves.toBeUndefined();
  await expectNothingPasses(one, "can't decide now");
});

it('an enforcer that is away leaves a call that needs a person unsent', async () => {
  await publish({ version: 2, rules: [{ match: '*', decision: 'review' }] });
  await world.people.stop();
  const one = gate();
  await expectNothingPasses(one, 'enforcer');
  expect(eventsOf(DECIDED).every((event) => data(event)['approval_id'] === undefined)).toBe(true);
});

it('a server that dies in the middle: nobody knows how the call ended, and the record says so', async () => {
  const disposition = await send(gate(), callOf('write', { a: 1 })).disposition;
  if (disposition.type !== 'forward') throw new Error('not sent');
  const answer = JSON.parse(disposition.ended?.({ type: 'lost', because: 'the server ended' }) ?? '') as {
    result: { isError: boolean; content: { text: string }[] };
  };
  expect(answer.result.isError).toBe(true);
  expect(answer.result.content[0]?.text).toContain('Nobody knows how this call ended (the server ended)');
  await until(() => eventsOf(UNKNOWN).length === 1);
});

it('a server that was not reached: the call was not sent, and the record says so', async () => {
  const disposition = await send(gate(), callOf('write', { a: 1 })).disposition;
  if (disposition.type !== 'forward') throw new Error('not sent');
  const lost = { type: 'lost', because: 'refused', isUnsent: true } as const;
  expect(disposition.ended?.(lost)).toContain('The server was not reached (refused): the call was not sent');
  await until(() => eventsOf('aegis.call.failed.v1').length === 1);
  expect(eventsOf('aegis.call.failed.v1').map((event) => data(event)['error'])).toEqual([
    'not sent: refused',
  ]);
  expect(eventsOf(UNKNOWN)).toEqual([]);
});

it('a server that refused the call by its status did not run it, and client and record hear so', async () => {
  const disposition = await send(gate(), callOf('write', { a: 1 })).disposition;
  if (disposition.type !== 'forward') throw new Error('not sent');
  const http = { http_status: 429, retry_after: '30' };
  const text = disposition.ended?.({ type: 'lost', because: 'HTTP 429', isRefused: true, http }) ?? '';
  expect(JSON.parse(text)).toMatchObject({
    result: {
      isError: true,
      content: [{ text: expect.stringContaining('refused this call before anything ran (HTTP 429)') }],
      _meta: { 'aegis/http_status': 429, 'aegis/retry_after': '30' },
    },
  });
  await until(() => eventsOf('aegis.call.failed.v1').length === 1);
  expect(eventsOf('aegis.call.failed.v1').map((event) => data(event)['error'])).toEqual([
    'refused: HTTP 429',
  ]);
  expect(eventsOf(UNKNOWN)).toEqual([]);
});

it('a connection that ends in the middle leaves its calls recorded as unknown, once', async () => {
  const one = gate();
  const disposition = await send(one, callOf('write')).disposition;
  await one.close();
  await until(() => eventsOf(UNKNOWN).length === 1);
  answered(disposition, { result: {} });
  await world.firewall.close();
  expect(eventsOf('aegis.call.succeeded.v1')).toEqual([]);
});

it('ends that come while the bus is away are recorded when it is back', async () => {
  const disposition = await send(gate(), callOf('write')).disposition;
  await world.server.kill();
  await until(() => !world.bus.isUp());
  answered(disposition, { result: { content: [] } });
  await world.server.restart();
  await until(() => eventsOf('aegis.call.succeeded.v1').length === 1);
});

it('the run of the firewall answers that it lives, until it is closed', async () => {
  const nc = await world.server.connect('enforcer');
  const ask = () =>
    nc.request(aliveSubject(world.firewall.instance), '', { timeout: 500 }).then(
      () => true,
      () => false,
    );
  expect(await ask()).toBe(true);
  await world.firewall.close();
  expect(await ask()).toBe(false);
});

it('without waiting for the record a call is sent at once, and is on record all the same', async () => {
  const disposition = await send(gate({ waitForRecord: false }), callOf('read')).disposition;
  expect(disposition.type).toBe('forward');
  await until(() => eventsOf(DECIDED).length === 1);
});

it('that record is tried until it is stored, also where the log was away for longer than a call may take', async () => {
  const disposition = await send(gate({ waitForRecord: false }), callOf('read')).disposition;
  expect(disposition.type).toBe('forward');
  await world.server.kill();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await world.server.restart();
  await until(() => eventsOf(DECIDED).length === 1);
});
