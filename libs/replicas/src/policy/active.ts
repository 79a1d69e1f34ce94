import { type Followed, mendIt, type Unreadable } from '@aegis/bus';
import type { PolicyPublished } from '@aegis/contracts/policy';
import { readEvent } from '@aegis/contracts/read-event';
import { AppError } from '@aegis/kit/errors';
import { type CompiledPolicy, compilePolicy, validatePolicy } from '@aegis/policy-engine';

import { evolve, type State } from './domain/policy-log.ts';

/** Published by a version that is newer than this one. */
const NEWER = /^aegis\.policy\.published\.v(?!1$)\d+$/;

export type ActivePolicy = { published: PolicyPublished; compiled: CompiledPolicy };

/** The policy in force: the log is the truth, and this follows it. */
export class ActiveFromLog {
  #state: State = {};
  #seq = 0;
  #active: ActivePolicy | undefined;
  #unreadable: string | undefined;

  /**
   * Takes one message of the log. One that is no event of the policy is passed over, and the last policy stays in force. A
   * policy that this version does not understand leaves nothing in force: better no answer than one of before.
   */
  apply(message: Followed): Unreadable | undefined {
    this.#seq = message.seq;
    const event = readEvent(message, 'aegis.policy.published.v1', 'aegis.policy.rejected.v1');
    if (!event && !NEWER.test(message.event?.type ?? '')) return 'unreadable';
    try {
      if (!event) throw new TypeError('a policy of a newer version');
      this.#state = evolve(this.#state, event);
      if (event.type === 'aegis.policy.published.v1') this.#activate(event.data);
    } catch {
      this.#active = undefined;
      this.#unreadable = `the policy event at sequence ${message.seq} can not be read: ${mendIt(message.subject)}`;
    }
    return undefined;
  }

  #activate(published: PolicyPublished): void {
    const valid = validatePolicy(published.policy);
    if (!valid.ok) throw new TypeError(valid.errors.join('; '));
    this.#active = { published, compiled: compilePolicy(valid.policy) };
    this.#unreadable = undefined;
  }

  get state(): State {
    return this.#state;
  }

  /** The sequence of the policy's last event, 0 where there is none: what the next append expects. */
  get seq(): number {
    return this.#seq;
  }

  /** A sentence where the log holds something that can't be read. */
  get problem(): string | undefined {
    return this.#unreadable;
  }

  /** @throws AppError `policy_unavailable` where nothing is in force */
  get active(): ActivePolicy {
    if (this.#active) return this.#active;
    throw new AppError('policy_unavailable', this.#unreadable ?? 'No policy is in force yet.');
  }
}
