import { post } from '../rest.ts';
import { saveWebhook } from './webhooks.ts';
import type { World } from './world.ts';

export const RULES = [
  { match: 'treasury.*', decision: 'review', approvers: ['finance'], quorum: 2, require_reason: true },
  { match: '*', decision: 'review' },
];

/** Ten arguments of a common length. */
export const TEN = {
  order: 1001,
  customer: 'kim.lee@example.com',
  iban: 'DE02 1203 0000 0000 2020 51',
  currency: 'EUR',
  method: 'bank transfer',
  reference: 'RF18 5390 0754 7034',
  due: '2026-12-01',
  notify: true,
  ledger: 'refunds-2026',
  note: 'The parcel was crushed on its way',
};
export const transfer = (key: string, more: object = {}) => ({
  tool: 'payments.transfer',
  op: 'transfer',
  amount_cents: 1_250_000,
  args: { ...TEN, ...more },
  meta: { dry_run_id: key, reason: 'The customer asked twice' },
});

/** An approval that was used, one that was denied, one that waits with a diff, and one that waits for a second person. */
export type Samples = { used: string; denied: string; waits: string; two: string };

/** A grant of these minutes for a call that waits, and for those like it. */
export async function grant(
  { stack, keys }: World,
  approval_id: string,
  minutes: number,
  pattern?: object,
): Promise<void> {
  const headers = { authorization: `Bearer ${keys.ada}` };
  const { status, body } = await post(stack.url, '/grants', { approval_id, minutes, pattern }, headers);
  if (status !== 201) throw new Error(JSON.stringify(body));
}

/** Something of each kind, so that every part of every page has something to show. */
export async function fill(world: World): Promise<Samples> {
  const used = await world.ask(transfer('before'));
  await world.say('bob', used, 'approve', 'as agreed');
  await world.enforce(transfer('before'));
  const denied = await world.ask({ tool: 'mail.send_to_all' });
  await world.say('bob', denied, 'deny', 'not on a friday');
  const waits = await world.ask(transfer('waits', { order: 1002, note: undefined, extra: 'new' }));
  const two = await world.ask({ tool: 'treasury.wire', amount_cents: 5 });
  await world.say('ada', two, 'approve', 'the rent');
  for (const minutes of [30, 60]) {
    await grant(world, await world.ask({ tool: 'crm.read', args: { minutes } }), minutes);
  }
  await saveWebhook(world, 'on-call', 'https://127.0.0.1:9/hook');
  return { used, denied, waits, two };
}
