import { route } from '@aegis/bus';
import { auditRefused, type CountRefused } from '@aegis/contracts/audit';
import { AllowanceEnv, createAllowance } from '@aegis/kit/allowance';
import { connectTestBus } from '@aegis/testkit/bus';
import { expect, it } from 'vitest';
import { callOf, notification, requestOf, saidNo, send } from '../testkit/client.ts';
import { inForce } from '../testkit/in-force.ts';
import { eventsOf, gate, startFirewall, useWorld, world } from '../testkit/world.ts';

useWorld({
  version: 2,
  rules: [
    { match: '*.write', decision: 'deny' },
    { match: '*', decision: 'allow' },
  ],
});

const MANY = 30;
const FEW = 5;

it('what one caller is denied and refused over and over is counted beyond what is written one by one', async () => {
  const counted: CountRefused[] = [];
  const audit = await connectTestBus(world.server, 'audit');
  world.others.push(audit);
  await audit.respond([
    route(auditRefused, (count) => {
      counted.push(count);
      return { ok: true as const };
    }),
  ]);
  const limits = { CALLER_ENTRIES_AT_ONCE: FEW, CALLER_ENTRIES_PER_MINUTE: 1 };
  const firewall = await startFirewall({ allowance: createAllowance(AllowanceEnv.parse(limits)) });
  const one = gate({}, firewall);
  for (let n = 0; n < MANY; n++) {
    expect(saidNo(await send(one, callOf('write', { n })).disposition)).toContain('blocked this call');
    one.refused('because', Buffer.from('{'));
  }
  // What nobody judges would reach the server without a line: it does not reach it.
  const noted = await send(one, requestOf('completion/complete', {})).disposition;
  expect(noted.type).toBe('answer');
  // What is allowed is no matter of this.
  expect((await send(one, callOf('read', {})).disposition).type).toBe('forward');
  await firewall.close();
  await world.recordRead();
  const outcomes = eventsOf('aegis.decision.enforced.v1').map(({ data }) => data['outcome']);
  expect(
    outcomes.filter((outcome) => outcome === 'blocked').length + eventsOf('aegis.call.refused.v1').length,
  ).toBe(FEW);
  expect(outcomes.filter((outcome) => outcome === 'allowed')).toHaveLength(1);
  const kinds = counted.flatMap(({ refused }) => refused);
  expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['too_many_requests']));
  expect(kinds.reduce((sum, { count }) => sum + count, 0)).toBe(2 * MANY - FEW + 1);
});

it('what nobody waits for is written no further than that either: unknown notifications, and questions of a server', async () => {
  const limits = { CALLER_ENTRIES_AT_ONCE: FEW, CALLER_ENTRIES_PER_MINUTE: 1 };
  const firewall = await startFirewall({ allowance: createAllowance(AllowanceEnv.parse(limits)) });
  await inForce({ match: 'server:ping/*', decision: 'allow' }, { match: 'method:*', decision: 'deny' });
  const one = gate({}, firewall);
  const opening = { protocolVersion: '2025-11-25', capabilities: { roots: {} } };
  await send(one, requestOf('initialize', opening)).disposition;
  for (let n = 0; n < MANY; n++) {
    expect(one.clientNotification(notification('notifications/x', { n }))).toBe('drop');
    // Allowed by default: what can't be written any more is refused.
    expect(one.serverRequest(requestOf('roots/list')).type).toBe(n < FEW ? 'forward' : 'answer');
    // What a rule allows is no matter of this.
    expect(one.serverRequest(requestOf('ping/x')).type).toBe('forward');
  }
  expect(one.serverRequest(requestOf('sampling/createMessage', {})).type).toBe('answer');
  await firewall.close();
  await world.recordRead();
  const calls = eventsOf('aegis.decision.enforced.v1').map(
    ({ data }) => (data['call'] as { tool: string }).tool,
  );
  const timesOf = (tool: string): number => calls.filter((called) => called === tool).length;
  expect(timesOf('method:notifications/x')).toBe(FEW);
  expect([timesOf('server:roots/list'), timesOf('server:sampling/createMessage')]).toEqual([FEW, 0]);
  expect(timesOf('server:ping/x')).toBe(MANY);
});
