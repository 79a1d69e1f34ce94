import { createEvent } from '@aegis/contracts/create-event';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { digestOf } from '@aegis/kit/json';
import { soon, world } from './world.ts';

/** Three rules, of which the second one asks a person about refunds. */
export const RULES = [
  { match: 'secrets.*', decision: 'deny' },
  { match: 'refunds.*', decision: 'review' },
  { match: '*', decision: 'allow' },
] as const;
/** The second rule, as those say that asked a person because of it. */
export const REFUNDS = { rule: { index: 1, match: 'refunds.*' } };

/** Puts a policy of these rules in force. @returns its digest */
export const publish = (rules: readonly object[]): Promise<string> => publishPolicy({ version: 2, rules });

/** @returns its digest */
export async function publishPolicy(
  policy: { readonly version: 1 | 2 } & Record<string, unknown>,
): Promise<string> {
  const digest = digestOf(policy);
  const event = createEvent({
    type: 'aegis.policy.published.v1',
    source: 'policy',
    time: world.clock().toISOString(),
    data: { policy, digest, version: policy.version, path: 'policy.yml', origin: 'file' },
  });
  await world.policy.append.one({ subject: POLICY_LOG, event }, soon().deadlineMs);
  return digest;
}
