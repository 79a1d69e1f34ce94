import type { Followed } from '@aegis/bus';
import type { PolicyPublished } from '@aegis/contracts/policy';
import { readEvent } from '@aegis/contracts/read-event';
import { AppError } from '@aegis/kit/errors';
import { type CompiledPolicy, compilePolicy, validatePolicy } from '@aegis/policy-engine';

import { evolve, type State } from './domain/policy-log.ts';

export type ActivePolicy = { published: PolicyPublished; compiled: CompiledPolicy };

/** The policy in force: the log is the truth, and this follows it. */
export class ActiveFromLog {
  #state: State = {};
  #seq = 0;
  #active: ActivePolicy | undefined;
  #unreadable: string | undefined;

  /** Takes one message of the log. One that can't be read leaves nothing in force: better no answer than a wrong one. */
  apply(message: Followed): void {
    this.#seq = message.seq;
    try {
      const event = readEvent(message, 'aegis.policy.published.v1', 'aegis.policy.rejected.v1');
      if (!event) throw new TypeError('not an event of the policy');
      this.#state = evolve(this.#state, event);
      if (event.type === 'aegis.policy.published.v1') this.#activate(event.data);
    } catch {
      this.#active = undefined;
      this.#unreadable = `the policy event at sequence ${message.seq} can not be read`;
    }
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
