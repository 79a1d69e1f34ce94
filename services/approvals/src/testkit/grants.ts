import { type EventData, isEventType } from '@aegis/contracts/events';
import { GRANTS_LOG } from '@aegis/contracts/subjects';
import { giveGrant } from './people.ts';
import { call, request, world } from './world.ts';

export const TO_ACME = { ...call(100), args: { to: 'ACME', memo: 'rent' } };
/** Refunds of up to one euro to ACME, whatever the memo says. */
export const PATTERN = {
  tool: 'refunds.create',
  max_amount_cents: 100,
  args: { to: { equals: 'ACME' }, memo: { any: true } },
} as const;
/** A grant for calls like this one, by whoever has this key. */
export const grantFor = async (secret: string, of = TO_ACME, more: object = { pattern: PATTERN }) =>
  giveGrant(secret, (await request(undefined, of)).approval_id, more);

/** What the log says of grants, in order. */
export async function grantEvents() {
  type Used = EventData<'aegis.grant.used.v1'>;
  const events: [string, Used][] = [];
  const follower = await world.running[0]?.bus.follow({
    filter: GRANTS_LOG,
    fromSeq: 1,
    apply: ({ event }) => {
      if (event && isEventType(event.type)) events.push([event.type, event.data as Used]);
    },
  });
  await follower?.caughtUp(Date.now() + 3_000);
  await follower?.stop();
  return events;
}
