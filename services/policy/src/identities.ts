import { type Bus, mendIt, type Route, retryOnConflict, route } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { IDENTITY_EVENTS } from '@aegis/contracts/events';
import {
  type IdentityReply,
  identityIdFor,
  policyIdentities,
  policyIdentityCreate,
  policyIdentityRemove,
  policyIdentityRevoke,
  policyIdentityRotate,
} from '@aegis/contracts/identities';
import { readEvent } from '@aegis/contracts/read-event';
import { identityLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { newTraceId } from '@aegis/kit/trace';
import type { IdentityReplica } from '@aegis/replicas/identities';
import { decide, type IdentityCommand } from './domain/identity.ts';

/** Others may change the same one at the same time; each goes on from what the one before left. */
const ATTEMPTS = 10;

type Deps = { readonly bus: Bus; readonly replica: IdentityReplica; readonly now: () => Date };

/** Who there is, and the one way to change it: decided on the log's own last word, compare-and-set. */
export function identityRoutes({ bus, replica, now }: Deps): Route[] {
  const change = async (command: IdentityCommand, deadlineMs: number): Promise<IdentityReply> => {
    const subject = identityLog(identityIdFor(command.name));
    const last = await bus.read.last(subject, deadlineMs);
    const before = readEvent(last, ...IDENTITY_EVENTS);
    if (last && !before) {
      const detail = `What the log has of ${command.name} can't be read: ${mendIt(subject)}.`;
      throw new AppError('identities_unavailable', detail);
    }
    const { type, data } = decide(command, before?.data.identity, now());
    const made = {
      source: 'policy',
      time: now().toISOString(),
      traceId: newTraceId(),
      subject: command.name,
    };
    const event = createEvent({ ...made, type, data });
    await bus.append.one({ subject, event, expect: last?.seq ?? 0 }, deadlineMs);
    return { identity: data.identity };
  };
  const changed = (command: IdentityCommand, deadlineMs: number): Promise<IdentityReply> =>
    retryOnConflict(() => change(command, deadlineMs), ATTEMPTS);

  return [
    route(policyIdentityCreate, (asked, { deadlineMs }) => changed({ ...asked, type: 'create' }, deadlineMs)),
    route(policyIdentityRotate, (asked, { deadlineMs }) => changed({ ...asked, type: 'rotate' }, deadlineMs)),
    route(policyIdentityRevoke, (asked, { deadlineMs }) => changed({ ...asked, type: 'revoke' }, deadlineMs)),
    route(policyIdentityRemove, (asked, { deadlineMs }) => changed({ ...asked, type: 'remove' }, deadlineMs)),
    route(policyIdentities, async (_, { deadlineMs }) => {
      if (!(await replica.caughtUp(deadlineMs)))
        throw new AppError('identities_unavailable', 'This replica is behind the log.');
      return { identities: await replica.all(), asked: await replica.isAsked() };
    }),
  ];
}
