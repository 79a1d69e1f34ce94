import { type Route, route } from '@aegis/bus';
import {
  type IdentityReply,
  identityIdFor,
  policyFirstAdmin,
  policyIdentities,
  policyIdentityCreate,
  policyIdentityRecover,
  policyIdentityRemove,
  policyIdentityRevoke,
  policyIdentityRoles,
  policyIdentityRotate,
} from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import type { IdentityReplica } from '@aegis/replicas/identities';
import { decide, type IdentityCommand } from '../domain/identity.ts';
import { createFirstAdmin } from './first-admin.ts';
import { type IdentityLog, personIn } from './identity-log.ts';

type Deps = {
  readonly identities: IdentityLog;
  readonly replica: IdentityReplica;
  /** Why a file that may have people in it can't be read. */
  readonly damage: () => Promise<string | undefined>;
  readonly now: () => Date;
};

/** Who there is, and what changes it. */
export function identityRoutes({ identities, replica, damage, now }: Deps): Route[] {
  const changed = async (command: IdentityCommand, deadlineMs: number): Promise<IdentityReply> => {
    const { name } = command;
    const { data } = await identities.write((stored) => {
      const { state, others } = personIn(stored, name);
      return { ...decide(command, state, now(), others), subject: identityLog(identityIdFor(name)), name };
    }, deadlineMs);
    return { identity: data.identity };
  };
  const firstAdmin = createFirstAdmin({ identities, damage, now });

  return [
    route(policyIdentityCreate, (asked, { deadlineMs }) => changed({ ...asked, type: 'create' }, deadlineMs)),
    route(policyIdentityRotate, (asked, { deadlineMs }) => changed({ ...asked, type: 'rotate' }, deadlineMs)),
    route(policyIdentityRoles, (asked, { deadlineMs }) => changed({ ...asked, type: 'roles' }, deadlineMs)),
    route(policyIdentityRecover, (asked, { deadlineMs }) =>
      changed({ ...asked, type: 'recover' }, deadlineMs),
    ),
    route(policyIdentityRevoke, (asked, { deadlineMs }) => changed({ ...asked, type: 'revoke' }, deadlineMs)),
    route(policyIdentityRemove, (asked, { deadlineMs }) => changed({ ...asked, type: 'remove' }, deadlineMs)),
    route(policyFirstAdmin, (asked, { deadlineMs }) => firstAdmin(asked, deadlineMs)),
    route(policyIdentities, async (_, { deadlineMs }) => {
      if (!(await replica.caughtUp(deadlineMs)))
        throw new AppError('identities_unavailable', 'This replica is behind the log.');
      return { identities: await replica.all(), asked: await replica.isAsked() };
    }),
  ];
}
