import type { Followed, Unreadable } from '@aegis/bus';
import { readEvent } from '@aegis/contracts/read-event';
import {
  type PolicyDocument,
  type PrefixDigests,
  prefixDigests,
  ruleDigest,
  ruleIn,
} from '@aegis/policy-engine';

type Known = { readonly document: PolicyDocument; readonly prefixes: PrefixDigests };

/** A rule of a policy; without an index, what that policy says where no rule matches. */
export type RuleOf = { readonly policyDigest: string; readonly ruleIndex: number | undefined };

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

  documentOf(digest: string): PolicyDocument | undefined {
    return this.#policies.get(digest)?.document;
  }

  /** None of a policy that is unknown. */
  prefixesOf(digest: string): PrefixDigests {
    return this.#policies.get(digest)?.prefixes ?? [];
  }

  /** Whether it is the same rule of a call's `op` by its content, wherever it stands. Not where either policy is unknown. */
  isSameRule(one: RuleOf, other: RuleOf, op: string | undefined): boolean {
    if (one.policyDigest === other.policyDigest && one.ruleIndex === other.ruleIndex) return true;
    const [digest, ofOther] = [one, other].map((rule) => this.#digestOf(rule, op));
    return digest !== undefined && digest === ofOther;
  }

  #digestOf({ policyDigest, ruleIndex }: RuleOf, op: string | undefined): string | undefined {
    const document = this.documentOf(policyDigest);
    return document && ruleDigest(document, ruleIndex, op);
  }

  rule(digest: string, index: number): Record<string, unknown> | undefined {
    const document = this.documentOf(digest);
    return document && ruleIn(document, index);
  }
}
