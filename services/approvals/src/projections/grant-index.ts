import type { Followed } from '@aegis/bus';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { Grant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';

/** Every grant that there ever was, as it is now. */
export class GrantIndex {
  readonly #grants = new Map<string, Grant>();
  readonly #byPrincipal = new Map<string, string[]>();
  #unreadable = 0;

  /** The grant as it is since; undefined where the event can't be read. */
  apply(message: Followed): Grant | undefined {
    const grant = readEvent(message, ...GRANT_EVENTS)?.data.grant;
    if (!grant) {
      this.#unreadable++;
      return undefined;
    }
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

  get unreadable(): number {
    return this.#unreadable;
  }
}
