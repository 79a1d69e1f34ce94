import {
  ADMIN,
  APPROVER,
  type FirstAdmin,
  type FirstAdminReply,
  identityIdFor,
} from '@aegis/contracts/identities';
import { identityLog } from '@aegis/contracts/subjects';
import type { StoredIdentities } from '@aegis/replicas/identities';
import { decide } from '../domain/identity.ts';
import { type IdentityLog, personIn } from './identity-log.ts';

type Deps = {
  readonly identities: IdentityLog;
  readonly damage: () => Promise<string | undefined>;
  readonly now: () => Date;
};

/** Why there can't be a first admin; undefined where nobody is an admin. */
function whyNot({ all }: StoredIdentities, damage: string | undefined): FirstAdminReply | undefined {
  if (damage !== undefined) return { refused: damage, damage };
  const admin = all().find(({ roles }) => roles.includes(ADMIN));
  if (admin === undefined) return undefined;
  return {
    refused: `${admin.name} is an admin already; "aegis identities recover" makes one where that key is lost`,
  };
}

/**
 * Makes the first admin, who approves too, while there is none: of two who open a link at the same time the log lets one.
 *
 * @throws AppError `name_taken`, `invalid_request` where the name can't be theirs
 */
export const createFirstAdmin =
  ({ identities, damage, now }: Deps) =>
  async ({ name, key, by }: FirstAdmin, deadlineMs: number): Promise<FirstAdminReply> => {
    const bad = await damage();
    let reply: FirstAdminReply = {};
    await identities.write((stored) => {
      reply = whyNot(stored, bad) ?? {};
      if (reply.refused !== undefined || name === undefined) return undefined;
      const { state, others } = personIn(stored, name);
      const tried = key ?? { digest: `sha256:${'0'.repeat(64)}` };
      const asked = { name, kind: 'person' as const, roles: [APPROVER, ADMIN], key: tried, by };
      const made = decide({ ...asked, type: 'create' }, state, now(), others);
      return key && { ...made, subject: identityLog(identityIdFor(name)), name };
    }, deadlineMs);
    return reply;
  };
