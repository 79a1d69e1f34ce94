import { type Bus, mendIt, type Route, retryOnConflict, route } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import {
  type IdentityReply,
  identityIdFor,
  policyIdentities,
  policyIdentityCreate,
  policyIdentityRecover,
  policyIdentityRemove,
  policyIdentityRevoke,
  policyIdentityRoles,
  policyIdentityRotate,
} from '@aegis/contracts/identities';
import { IDENTITIES_LOG, identityLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createMutex } from '@aegis/kit/mutex';
import { newTraceId } from '@aegis/kit/trace';
import type { IdentityReplica } from '@aegis/replicas/identities';
import { decide, type IdentityCommand } from './domain/identity.ts';

/** Other replicas may change who there is at the same time; each goes on from what the one before left. */
const ATTEMPTS = 10;

type Deps = { readonly bus: Bus; readonly replica: IdentityReplica; readonly now: () => Date };

/**
 * Who there is, and the one way to change it: decided on all that the log has of everybody, compare-and-set on all of it,
 * so that what must hold of several (one name, one key, an admin) is not lost between two who change at the same time.
 */
export function identityRoutes({ bus, replica, now }: Deps): Route[] {
  const change = async (command: IdentityCommand, deadlineMs: number): Promise<IdentityReply> => {
    const id = identityIdFor(command.name);
    const subject = identityLog(id);
    const { seq, of, all } = await replica.asStored(deadlineMs);
    const { identity: before, isDamaged } = of(id);
    if (isDamaged) {
      const detail = `What the log has of ${command.name} can't be read: ${mendIt(subject)}.`;
      throw new AppError('identities_unavailable', detail);
    }
    const others = all().filter(({ identity_id }) => identity_id !== id);
    const { type, data } = decide(command, before, now(), others);
    const made = {
      source: 'policy',
      time: now().toISOString(),
      traceId: newTraceId(),
      subject: command.name,
    };
    const event = createEvent({ ...made, type, data });
    await bus.append.one({ subject, event, expect: seq, expectOf: IDENTITIES_LOG }, deadlineMs);
    return { identity: data.identity };
  };
  const oneByOne = createMutex();
  const changed = (command: IdentityCommand, deadlineMs: number): Promise<IdentityReply> =>
    oneByOne(() => retryOnConflict(() => change(command, deadlineMs), ATTEMPTS));

  return [
    route(policyIdentityCreate, (asked, { deadlineMs }) => changed({ ...asked, type: 'create' }, deadlineMs)),
    route(policyIdentityRotate, (asked, { deadlineMs }) => changed({ ...asked, type: 'rotate' }, deadlineMs)),
    route(policyIdentityRoles, (asked, { deadlineMs }) => changed({ ...asked, type: 'roles' }, deadlineMs)),
    route(policyIdentityRecover, (asked, { deadlineMs }) =>
      changed({ ...asked, type: 'recover' }, deadlineMs),
    ),
    route(policyIdentityRevoke, (asked, { deadlineMs }) => changed({ ...asked, type: 'revoke' }, deadlineMs)),
    route(policyIdentityRemove, (asked, { deadlineMs }) => changed({ ...asked, type: 'remove' }, deadlineMs)),
    route(policyIdentities, async (_, { deadlineMs }) => {
      if (!(await replica.caughtUp(deadlineMs)))
        throw new AppError('identities_unavailable', 'This replica is behind the log.');
      return { identities: await replica.all(), asked: await replica.isAsked() };
    }),
  ];
}
