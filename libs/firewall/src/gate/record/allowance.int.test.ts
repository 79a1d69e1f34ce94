import { route } from '@aegis/bus';
import { auditRefused, type CountRefused } from '@aegis/contracts/audit';
import { AllowanceEnv, createAllowance } from '@aegis/kit/allowance';
import { connectTestBus } from '@aegis/testkit/bus';
import { expect, it } from 'vitest';
import { callOf, requestOf, saidNo, send } from '../testkit/client.ts';
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
