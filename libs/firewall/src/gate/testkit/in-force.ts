import type { PolicyRule } from '@aegis/policy-engine';
import { requestOf, send } from './client.ts';
import { eventsOf, gate, publish, world } from './world.ts';

const isDenied = (): boolean =>
  eventsOf('aegis.decision.enforced.v1').some(({ data }) => JSON.stringify(data).includes('method:marked'));

/** Brings these rules into force, behind one that shows that they are, and empties what is known of the record. */
export async function inForce(...rules: readonly PolicyRule[]): Promise<void> {
  await publish({ version: 2, rules: [{ match: 'method:marked', decision: 'deny' }, ...rules] });
  const one = gate({ holdMs: 0 });
  while (!isDenied()) {
    await send(one, requestOf('marked')).disposition;
    await world.recordRead();
  }
  world.events.length = 0;
}
