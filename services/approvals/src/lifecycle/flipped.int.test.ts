import type { Call } from '@aegis/contracts/call';
import { expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { complete, consume, request, startReplica, useWorld } from '../testkit/world.ts';

useWorld();

const CALL: Call = {
  tool: 'bank.pay',
  op: 'payment',
  amount_cents: 100,
  server: 'bank',
  definition_digest: seen(definition('pay')).digest,
  principal: 'key:laptop',
  args: { to: 'ACME', parts: [1, 2], deep: { iban: 'DE1', urgent: false }, memo: '', none: null },
};
const { op: _op, ...withoutOp } = CALL;
const { amount_cents: _amount, ...withoutAmount } = CALL;
const { server: _server, ...withoutServer } = CALL;
const { definition_digest: _digest, ...withoutDigest } = CALL;
const { args: _args, ...withoutArgs } = CALL;
const withArgs = (more: object): Call => ({ ...CALL, args: { ...CALL.args, ...more } });

/** Each differs from the call that was approved in one thing. */
const FLIPPED: Record<string, Call> = {
  'another tool': { ...CALL, tool: 'bank.pay_all' },
  'a tool in other letters': { ...CALL, tool: 'bank.Pay' },
  'another op': { ...CALL, op: 'refund' },
  'no op': withoutOp,
  'another amount': { ...CALL, amount_cents: 101 },
  'no amount': withoutAmount,
  'another server': { ...CALL, server: 'bank2' },
  'no server': withoutServer,
  'another definition of the tool': { ...CALL, definition_digest: seen(definition('pay more')).digest },
  'no definition of the tool': withoutDigest,
  'another agent': { ...CALL, principal: 'key:other' },
  'no arguments': withoutArgs,
  'another value': withArgs({ to: 'ACME ' }),
  'a value of another type': withArgs({ parts: ['1', 2] }),
  'other order in a list': withArgs({ parts: [2, 1] }),
  'a longer list': withArgs({ parts: [1, 2, 3] }),
  'a value deep inside': withArgs({ deep: { iban: 'DE1', urgent: true } }),
  'one argument more': withArgs({ cc: '' }),
  'one argument less': {
    ...CALL,
    args: { to: 'ACME', parts: [1, 2], deep: { iban: 'DE1', urgent: false }, memo: '' },
  },
  'nothing in place of null': withArgs({ none: '' }),
  'a name in other letters': {
    ...CALL,
    args: { To: 'ACME', parts: [1, 2], deep: { iban: 'DE1', urgent: false }, memo: '', none: null },
  },
  'something more that is sent': { ...CALL, input: { task: {} } },
  'a look-alike': withArgs({ to: 'АСМЕ' }),
  'a character that nobody sees': withArgs({ to: 'AC\u200bME' }),
};

it('an approval opens the call that it was made for, and none that differs in one thing', async () => {
  await startReplica();
  const approval = await request('key', CALL);
  await complete(approval.approval_id);
  for (const [what, flipped] of Object.entries(FLIPPED)) {
    const { consumed, because } = await consume(approval, flipped);
    expect([what, consumed, because]).toEqual([
      what,
      false,
      `Approval ${approval.approval_id} was given for another call`,
    ]);
  }
  const { args = {} } = CALL;
  const inAnotherOrder = { ...CALL, args: Object.fromEntries(Object.entries(args).toReversed()) };
  expect(await consume(approval, inAnotherOrder)).toEqual({ consumed: true });
});
