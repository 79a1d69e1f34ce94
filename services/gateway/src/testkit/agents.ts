import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { type Identity, identityIdFor } from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { keyDigest } from '@aegis/kit/keys';

/** Puts on record that somebody has this key, by a bus with policy's identity. */
export async function recordAgent(
  policy: Bus,
  name: string,
  key: string,
  more: Partial<Identity> = {},
  ended: object = {},
): Promise<void> {
  const identity_id = identityIdFor(name);
  const at = new Date().toISOString();
  const keys = [{ digest: keyDigest(key), created_at: at, ...ended }];
  const identity: Identity = {
    identity_id,
    name,
    kind: 'agent',
    roles: ['agent'],
    keys,
    created_at: at,
    ...more,
  };
  const event = createEvent({
    type: 'aegis.identity.created.v1',
    source: 'policy',
    time: at,
    data: { identity, by: 'os-user:ada' },
  });
  await policy.append.one({ subject: identityLog(identity_id), event }, Date.now() + 5_000);
}
