import { type Approval, GrantId } from '@aegis/contracts/approvals';
import type { MatchedRule } from '@aegis/contracts/decision';
import { shownGrant } from '@aegis/contracts/grant-words';
import type { Grant, GrantShown, StoredGrant } from '@aegis/contracts/grants';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { withoutBodies } from '../bodies.ts';
import type { Granted } from '../domain/approval.ts';
import { type AskedOfGrant, mayAnswerFor, whyOver } from '../domain/grant.ts';
import type { Ground } from '../ground.ts';
import type { Approvers } from '../people/approvers.ts';
import type { Loaded } from '../store.ts';
import { UnreadableError } from '../unreadable.ts';
import type { Approving } from './approval-store.ts';
import { joinGrant } from './grant-store.ts';
import { whyIdle } from './tool-standing.ts';

type Asked = AskedOfGrant & {
  rule: MatchedRule | undefined;
  policyDigest: string | undefined;
  approvalId: string;
};

export type Grants = {
  /**
   * Lets `append` approve a call by a grant that answers for it, together with the fact of that use: compare-and-set on the
   * grant, so that no use passes its revocation.
   *
   * @returns what was approved; undefined where no grant answers
   */
  answer(asked: Asked, append: Approving<Granted>, deadlineMs: number): Promise<Approval | undefined>;
  /** Those that are wanted, the newest first, at most so many. */
  list(isWanted: (grant: StoredGrant) => boolean, most: number, deadlineMs: number): Promise<GrantShown[]>;
  /** As people see it, as of what is known of its giver and its tool. */
  shown(grant: Grant): GrantShown;
  /** Why it counts no more; undefined where it counts. */
  whyOver(grant: StoredGrant): string | undefined;
  /** The grant as of now. @throws AppError `not_found` */
  load(grantId: string, deadlineMs: number): Promise<Grant>;
  /** Ends it; one that is over stays as it is. `because`: why, where it is no person. @throws AppError `not_found` */
  revoke(grantId: string, by: string, deadlineMs: number, because?: string): Promise<Grant>;
};

/** What nobody can read answers for nothing: a person is asked. */
const orUnreadable = (thrown: unknown): void => {
  if (!(thrown instanceof UnreadableError)) throw thrown;
};

export function createGrants(
  { bodies, grantStore: store, known: { grants, policies, tools }, now, useWithinMs }: Ground,
  approvers: Pick<Approvers, 'byName'>,
): Grants {
  const oneByOne = createKeyedMutex();
  /** Those that somebody is about to end: nothing is approved by them here meanwhile. */
  const revoking = new Set<string>();

  const load = async (grantId: string, deadlineMs: number): Promise<Loaded<Grant>> => {
    const isId = GrantId.safeParse(grantId).success;
    const loaded = isId ? await store.load(grantId, deadlineMs) : undefined;
    if (loaded) return loaded;
    throw new AppError('not_found', `There is no grant ${JSON.stringify(grantId)}.`);
  };

  const whyOverNow = (grant: StoredGrant): string | undefined =>
    whyOver(grant, now(), { isApprover: approvers.byName(grant.granted_by, grant.by_key) !== undefined });

  /** The rule that it was given under has to be what asks, wherever it stands. */
  const isItsRule = (
    { policy_digest: given, rule: its }: StoredGrant,
    { policyDigest, rule, call }: Pick<Asked, 'policyDigest' | 'rule' | 'call'>,
  ): boolean => {
    if (given === undefined || policyDigest === undefined)
      return given === policyDigest && its?.index === rule?.index;
    const then = { policyDigest: given, ruleIndex: its?.index };
    return policies.state.isSameRule(then, { policyDigest, ruleIndex: rule?.index }, call.op);
  };

  const answer: Grants['answer'] = async (
    { policyDigest, rule, approvalId, ...asked },
    append,
    deadlineMs,
  ) => {
    let made: Awaited<ReturnType<typeof append>> | undefined;
    const useOne = async (grantId: string): Promise<void> => {
      const use = ({ state }: Loaded<Grant>) => {
        const overBecause = revoking.has(grantId) ? 'somebody is about to end it' : whyOverNow(state);
        return { type: 'use', now: now(), approval_id: approvalId, asked, overBecause } as const;
      };
      await store.handle(grantId, await load(grantId, deadlineMs), use, deadlineMs, {
        isShared: true,
        append: async (fact, { data: { grant } }) =>
          (made = await append(fact, { grant_id: grantId, granted_by: grant.granted_by, useWithinMs })),
      });
    };
    const candidates = grants.state
      .of(asked.call.principal)
      .filter((grant) => mayAnswerFor(grant, asked, now()));
    if (candidates.length > 0 && policyDigest !== undefined && !policies.state.has(policyDigest))
      await policies.caughtUp(deadlineMs);
    for (const { grant_id } of candidates.filter((grant) =>
      isItsRule(grant, { policyDigest, rule, call: asked.call }),
    )) {
      await oneByOne(grant_id, () => useOne(grant_id)).catch(orUnreadable);
      if (made) return made.state;
    }
    return undefined;
  };

  const standingOf = (grant: StoredGrant): Pick<GrantShown, 'over_because' | 'idle_because'> => {
    const over_because = whyOverNow(grant);
    if (over_because !== undefined) return { over_because };
    const { server, tool } = grant.pattern;
    const idle_because = whyIdle(grant.pattern, tools.state.byRulesName(server, tool));
    return idle_because === undefined ? {} : { idle_because };
  };

  /** One whose pattern can't be read keeps nobody from the others; what it covers is not said. */
  const shownFrom = async (grant: StoredGrant, deadlineMs: number): Promise<GrantShown> => {
    try {
      return { ...shownGrant(await joinGrant(bodies, grant, deadlineMs)), ...standingOf(grant) };
    } catch (thrown) {
      if (!(thrown instanceof UnreadableError)) throw thrown;
      const idle_because = thrown.message.replace(/\.$/, '');
      return { ...grant, pattern: withoutBodies(grant.pattern), idle_because, ...standingOf(grant) };
    }
  };

  return {
    answer,
    async list(isWanted, most, deadlineMs) {
      await Promise.all([grants.caughtUp(deadlineMs), tools.caughtUp(deadlineMs)]);
      const wanted = grants.state.all().filter(isWanted).slice(0, most);
      return Promise.all(wanted.map((grant) => shownFrom(grant, deadlineMs)));
    },
    shown: (grant) => ({ ...shownGrant(grant), ...standingOf(grant) }),
    whyOver: whyOverNow,
    load: async (grantId, deadlineMs) => (await load(grantId, deadlineMs)).state,
    async revoke(grantId, by, deadlineMs, because) {
      revoking.add(grantId);
      try {
        const from = await load(grantId, deadlineMs);
        const revoke = () => ({ type: 'revoke', now: now(), by, because }) as const;
        // Each use changes the grant; however busy it is, it must be possible to end it, within the deadline.
        const attempts = Number.POSITIVE_INFINITY;
        return (await store.handle(grantId, from, revoke, deadlineMs, { attempts })).state;
      } finally {
        revoking.delete(grantId);
      }
    },
  };
}
