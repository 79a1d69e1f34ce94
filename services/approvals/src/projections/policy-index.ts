import type { Followed, Unreadable } from '@aegis/bus';
import { readEvent } from '@aegis/contracts/read-event';
import {
  asksTheSame,
  type PolicyDocument,
  type PrefixDigests,
  prefixDigests,
  ruleIn,
} from '@aegis/policy-engine';

type Known = { readonly document: PolicyDocument; readonly prefixes: PrefixDigests };

/** Every policy that was ever in force, by its digest. */
export class PolicyIndex {
  readonly #policies = new Map<string, Known>();
  #current: string | undefined;

  /** The digest of the policy in force from now on, where it is another one; `unreadable` where it is no event of it. */
  apply(message: Followed): string | undefined {
    const event = readEvent(message, 'aegis.policy.published.v1', 'aegis.policy.rejected.v1');
    if (!event) return 'unreadable' satisfies Unreadable;
    if (event.type === 'aegis.policy.rejected.v1') return undefined;
    const { digest, policy: document } = event.data;
    const isNew = digest !== this.#current;
    if (!this.#policies.has(digest)) {
      this.#policies.set(digest, { document, prefixes: prefixDigests(document) });
    }
    this.#current = digest;
    return isNew ? digest : undefined;
  }

  /** The digest of the policy in force; undefined where there never was one. */
  get current(): string | undefined {
    return this.#current;
  }

  has(digest: string): boolean {
    return this.#policies.has(digest);
  }

  /** Whether the later policy says of a call what the earlier one said, by this rule. Not where either is unknown. */
  asksTheSame(before: string, after: string, ruleIndex: number | undefined): boolean {
    if (before === after) return true;
    const [old, fresh] = [this.#policies.get(before), this.#policies.get(after)];
    return old !== undefined && fresh !== undefined && asksTheSame(old.prefixes, fresh.prefixes, ruleIndex);
  }

  rule(digest: string, index: number): Record<string, unknown> | undefined {
    const policy = this.#policies.get(digest);
    return policy && ruleIn(policy.document, index);
  }
}
