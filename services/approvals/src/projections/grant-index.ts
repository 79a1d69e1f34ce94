import type { Followed, Unreadable } from '@aegis/bus';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { Grant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';

/** Every grant that there ever was, as it is now. */
export class GrantIndex {
  readonly #grants = new Map<string, Grant>();
  readonly #byPrincipal = new Map<string, string[]>();

  /** The grant as it is since. */
  apply(message: Followed): Grant | Unreadable {
    const grant = readEvent(message, ...GRANT_EVENTS)?.data.grant;
    if (!grant) return 'unreadable';
    const { grant_id: id, principal } = grant;
    if (!this.#grants.has(id))
      this.#byPrincipal.set(principal, [...(this.#byPrincipal.get(principal) ?? []), id]);
    this.#grants.set(id, grant);
    return grant;
  }

  /** An agent's, the newest first. */
  of(principal: string): Grant[] {
    const ids = this.#byPrincipal.get(principal) ?? [];
    return ids.toReversed().flatMap((id) => this.#grants.get(id) ?? []);
  }

  /** Newest first. */
  all(): Grant[] {
    return [...this.#grants.values()].toReversed();
  }
}
