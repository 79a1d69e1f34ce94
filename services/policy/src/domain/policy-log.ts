import type { PolicyPublished, PolicyRejected } from '@aegis/contracts/policy';
import type { PolicyEvent, State } from '@aegis/replicas/policy/log';

/** What was found at the policy's path. */
export type Candidate =
  | { type: 'good'; policy: PolicyPublished }
  | { type: 'bad'; rejected: PolicyRejected }
  | { type: 'nothing'; why: 'missing' | 'empty'; first: PolicyPublished; rejected: PolicyRejected };

const publish = (data: PolicyPublished): PolicyEvent[] => [{ type: 'aegis.policy.published.v1', data }];

/** One refusal of the same bytes is enough, however many replicas read them. */
function reject(data: PolicyRejected, { rejected }: State): PolicyEvent[] {
  const same = rejected?.path === data.path && rejected.digest === data.digest;
  return same ? [] : [{ type: 'aegis.policy.rejected.v1', data }];
}

/**
 * A good candidate is published where it differs from what is in force. A bad one is recorded and changes nothing. No
 * file, or one that says nothing, means the first policy where nothing was ever in force; later it is as good as bad.
 */
export function decide(candidate: Candidate, state: State): PolicyEvent[] {
  const { published } = state;
  if (candidate.type === 'bad') return reject(candidate.rejected, state);
  if (candidate.type === 'good') {
    return published?.digest === candidate.policy.digest ? [] : publish(candidate.policy);
  }
  if (!published) return publish(candidate.first);
  return published.origin === 'defaults' ? [] : reject(candidate.rejected, state);
}
