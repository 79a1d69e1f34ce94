import type { Followed, Unreadable } from '@aegis/bus';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { StoredGrant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';

/** Every grant that there ever was, as it is now. */
export class GrantIndex {
  readonly #grants = new Map<string, StoredGrant>();
  /** When the log took its last change, by the log's own clock. */
  readonly #storedAt = new Map<string, number>();
  readonly #byPrincipal = new Map<string, string[]>();

  /** The grant as it is since. */
  apply(message: Followed): StoredGrant | Unreadable {
    const grant = readEvent(message, ...GRANT_EVENTS)?.data.grant;
    if (!grant) return 'unreadable';
    const { grant_id: id, principal } = grant;
    if (!this.#grants.has(id))
      this.#byPrincipal.set(principal, [...(this.#byPrincipal.get(principal) ?? []), id]);
    this.#grants.set(id, grant);
    this.#storedAt.set(id, message.storedAt.getTime());
    return grant;
  }

  /** Whose last change the log took after this time. */
  changedAfter(ms: number): StoredGrant[] {
    return this.all().filter(({ grant_id: id }) => (this.#storedAt.get(id) ?? 0) > ms);
  }

  /** An agent's, the newest first. */
  of(principal: string): StoredGrant[] {
    const ids = this.#byPrincipal.get(principal) ?? [];
    return ids.toReversed().flatMap((id) => this.#grants.get(id) ?? []);
  }

  /** Newest first. */
  all(): StoredGrant[] {
    return [...this.#grants.values()].toReversed();
  }
}
