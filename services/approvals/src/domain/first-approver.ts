import type { EventData } from '@aegis/contracts/events';
import { FIRST_ROLE } from '@aegis/contracts/first-approver';
import { isRequester } from './approver.ts';
import type { Decider } from './decider.ts';

type Event<T extends 'aegis.approver.invited.v1' | 'aegis.approver.added.v1'> = {
  readonly type: T;
  readonly data: EventData<T>;
};
export type FirstApproverEvent = Event<'aegis.approver.invited.v1'> | Event<'aegis.approver.added.v1'>;
/** What happened last: a link that waits to be opened, or one that was. */
export type FirstApprover = FirstApproverEvent;

type Circumstances = {
  readonly now: Date;
  /** Why no first approver is needed; undefined where nobody can approve. */
  readonly notNeeded: string | undefined;
};
export type FirstApproverCommand =
  | (Circumstances & {
      readonly type: 'invite';
      readonly tokenDigest: string;
      readonly askedBy: string;
      readonly until: Date;
    })
  | (Circumstances & {
      readonly type: 'become';
      readonly tokenDigest: string;
      readonly name: string;
      readonly key: string;
    });

/** A person has to open a browser and write a name, no more. */
export const LINK_FOR_MS = 10 * 60_000;
export const OPENS_NOTHING =
  'This link opens nothing: it was used, is too old, or another one was made since. "aegis approve-here" makes one';

/** A link makes one approver, once, and the last link alone; none as soon as somebody can approve. */
export const firstApprover: Decider<FirstApprover, FirstApproverCommand, FirstApproverEvent> = {
  decide(command, state) {
    const { now, notNeeded, tokenDigest } = command;
    if (command.type === 'invite') {
      if (notNeeded !== undefined) return { because: notNeeded };
      const { askedBy: asked_by, until } = command;
      const data = { token_digest: tokenDigest, asked_by, until: until.toISOString() };
      return { event: { type: 'aegis.approver.invited.v1', data } };
    }
    const link = state?.type === 'aegis.approver.invited.v1' ? state.data : undefined;
    const leftMs = link === undefined ? 0 : Date.parse(link.until) - now.getTime();
    // One that has longer than it can have was made while the clock ran ahead.
    if (link?.token_digest !== tokenDigest || leftMs <= 0 || leftMs > LINK_FOR_MS)
      return { because: OPENS_NOTHING, fault: 'unauthorized' };
    if (notNeeded !== undefined) return { because: notNeeded, fault: 'already_decided' };
    const { name, key } = command;
    const { asked_by } = link;
    if (isRequester({ name, principals: [] }, asked_by)) {
      const because = `name: ${asked_by} is who asks for calls on this machine, and nobody decides their own; take another name`;
      return { because, fault: 'invalid_request' };
    }
    const data = { name, roles: [FIRST_ROLE], key, by: 'approve-here' as const, asked_by };
    return { event: { type: 'aegis.approver.added.v1', data } };
  },
  evolve: (_state, event) => event,
};
