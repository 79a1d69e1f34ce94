import {
  type ChangeRoles,
  type CreateIdentity,
  type Identity,
  type ListIdentitiesReply,
  policyIdentities,
  policyIdentityCreate,
  policyIdentityRecover,
  policyIdentityRemove,
  policyIdentityRevoke,
  policyIdentityRoles,
  policyIdentityRotate,
  type RecoverAdmin,
  type RevokeKeys,
  type RotateKey,
} from '@aegis/contracts/identities';
import type { Rpc } from '@aegis/contracts/rpc';
import { osUserPrincipal } from '@aegis/kit/os-user';
import type { z } from 'zod';
import type { Host } from '../host.ts';
import { connectTo, ownBus } from '../local/own-bus.ts';

const ANSWER_WITHIN_MS = 5_000;

/** Asks the policy service with its own key of the bus, as the user of this machine. @throws CliError, AppError */
async function askPolicy<Req extends z.ZodType, Rep extends z.ZodType>(
  host: Pick<Host, 'env'>,
  question: Rpc<Req, Rep>,
  data: z.input<Req>,
): Promise<z.output<Rep>> {
  const bus = await connectTo(await ownBus(host, 'policy'));
  try {
    return await bus.ask(question, data, { deadlineMs: Date.now() + ANSWER_WITHIN_MS });
  } finally {
    await bus.close();
  }
}

const by = (): string => osUserPrincipal();

/** Who there is, and whether callers need a key. */
export const listIdentities = (host: Pick<Host, 'env'>): Promise<ListIdentitiesReply> =>
  askPolicy(host, policyIdentities, {});

export const createIdentity = async (host: Host, asked: Omit<CreateIdentity, 'by'>): Promise<Identity> =>
  (await askPolicy(host, policyIdentityCreate, { ...asked, by: by() })).identity;

export const rotateKey = async (host: Host, asked: Omit<RotateKey, 'by'>): Promise<Identity> =>
  (await askPolicy(host, policyIdentityRotate, { ...asked, by: by() })).identity;

export const revokeKeys = async (host: Host, asked: Omit<RevokeKeys, 'by'>): Promise<Identity> =>
  (await askPolicy(host, policyIdentityRevoke, { ...asked, by: by() })).identity;

export const removeIdentity = async (host: Host, name: string): Promise<Identity> =>
  (await askPolicy(host, policyIdentityRemove, { name, by: by() })).identity;

export const changeRoles = async (host: Host, asked: Omit<ChangeRoles, 'by'>): Promise<Identity> =>
  (await askPolicy(host, policyIdentityRoles, { ...asked, by: by() })).identity;

export const recoverAdmin = async (host: Host, asked: Omit<RecoverAdmin, 'by'>): Promise<Identity> =>
  (await askPolicy(host, policyIdentityRecover, { ...asked, by: by() })).identity;
