import type { PolicyPublished, PolicyRejected } from '@aegis/contracts/policy';

/** What the log says: the policy in force, and the last candidate that was refused since then. */
export type State = { published?: PolicyPublished; rejected?: PolicyRejected };

export type PolicyEvent =
  | { type: 'aegis.policy.published.v1'; data: PolicyPublished }
  | { type: 'aegis.policy.rejected.v1'; data: PolicyRejected };

export function evolve(state: State, event: PolicyEvent): State {
  if (event.type === 'aegis.policy.published.v1') return { published: event.data };
  return { ...state, rejected: event.data };
}
