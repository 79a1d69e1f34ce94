import { ANONYMOUS } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import { bearerOf, identityKeyLook } from '@aegis/kit/keys';
import type { IdentityReplica } from '@aegis/replicas/identities';
import type { KeyHolders } from './key-holders.ts';

/** Who calls: an identity by its key, else whoever the keys file names, else nobody in particular. */
export type Callers = {
  /**
   * Who sends a request with this `Authorization` header; undefined where a key is needed and this is none.
   *
   * @throws AppError `unauthorized`, with why, where an identity's key is not good; `identities_unavailable`
   */
  principalOf(authorization: string | undefined): Promise<string | undefined>;
  /** The same where a key is needed in any case. */
  holderOf(authorization: string | undefined): Promise<string | undefined>;
};

type CallersDeps = {
  readonly keys: Pick<KeyHolders, 'principalOf' | 'holderOf' | 'reread'>;
  readonly identities: Pick<IdentityReplica, 'agentOf' | 'isAsked' | 'wasAsked'>;
};

export function createCallers({ keys, identities }: CallersDeps): Callers {
  const agentOf = (authorization: string | undefined): Promise<string> | undefined => {
    const key = bearerOf(authorization);
    return key !== undefined && identityKeyLook(key) !== 'none' ? identities.agentOf(key) : undefined;
  };
  const holderOf = async (authorization: string | undefined): Promise<string | undefined> => {
    if (keys.holderOf(authorization) === undefined && authorization !== undefined) await keys.reread();
    return keys.holderOf(authorization);
  };
  return {
    async principalOf(authorization) {
      const agent = agentOf(authorization);
      if (agent) return agent;
      const holder = await holderOf(authorization);
      if (holder !== undefined || keys.principalOf(authorization) === undefined) return holder;
      // Where nobody can say, nothing of who has no name runs either, for it is on record before; the tools say why.
      const isAsked = await identities.isAsked().catch(() => identities.wasAsked);
      return isAsked ? undefined : ANONYMOUS;
    },
    async holderOf(authorization) {
      try {
        return (await agentOf(authorization)) ?? (await holderOf(authorization));
      } catch (thrown) {
        if (thrown instanceof AppError && thrown.code === 'unauthorized') return undefined;
        throw thrown;
      }
    },
  };
}
