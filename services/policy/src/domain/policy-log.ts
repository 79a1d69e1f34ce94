import type { PolicyPublished, PolicyRejected } from '@aegis/contracts/policy';
import type { PolicyEvent, State } from '@aegis/replicas/policy/log';

/** What was found at the policy's path. A good one with `rejected` says what nobody can mean. */
export type Candidate =
  | { type: 'good'; policy: PolicyPublished; rejected?: PolicyRejected }
  | { type: 'bad'; rejected: PolicyRejected }
  | { type: 'nothing'; why: 'missing' | 'empty'; first: PolicyPublished; rejected: PolicyRejected };

const publish = (data: PolicyPublished): PolicyEvent[] => [{ type: 'aegis.policy.published.v1', data }];

/** One refusal of the same bytes is enough, however many replicas read them. */
function reject(data: PolicyRejected, { rejected }: State): PolicyEvent[] {
  const same = rejected?.path === data.path && rejected.digest === data.digest;
  return same ? [] : [{ type: 'aegis.policy.rejected.v1', data }];
}

/**
 * A good candidate is published where it differs from what is in force, unless it says what nobody can mean: what is in
 * force already may have been good for an earlier version, and goes on. A bad one is recorded and changes nothing. No
 * file, or one that says nothing, means the first policy where nothing was ever in force; later it is as good as bad.
 */
export function decide(candidate: Candidate, state: State): PolicyEvent[] {
  const { published } = state;
  if (candidate.type === 'bad') return reject(candidate.rejected, state);
  if (candidate.type === 'good') {
    if (published?.digest === candidate.policy.digest) return [];
    return candidate.rejected === undefined ? publish(candidate.policy) : reject(candidate.rejected, state);
  }
  if (!published) return publish(candidate.first);
  return published.origin === 'defaults' ? [] : reject(candidate.rejected, state);
}
