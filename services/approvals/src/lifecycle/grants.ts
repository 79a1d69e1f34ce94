import { createHash, randomUUID } from 'node:crypto';
import { type Bus, type Fact, isConflict, retryOnConflict } from '@aegis/bus';
import { GrantId } from '@aegis/contracts/approvals';
import { createEvent } from '@aegis/contracts/create-event';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { Grant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';
import { grantLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { createKeyedMutex } from '@aegis/kit/mutex';
import { type AskedOfGrant, answersFor, type GrantEvent, isActive, revoke, use } from '../domain/grant.ts';
import { base32 } from '../domain/identity.ts';
import type { Approvers } from '../people/approvers.ts';
import type { GrantIndex } from '../projections/grant-index.ts';
import type { PolicyIndex } from '../projections/policy-index.ts';

/** The grant that an event goes on from, and the approval that a use makes. */
type Around = { before?: Grant | undefined; approvalId?: string };

function toFact(
  { name, grant }: GrantEvent,
  expect: number,
  time: string,
  { before, approvalId }: Around = {},
): Fact {
  const event = createEvent({
    type: `aegis.grant.${name}.v1`,
    source: 'approvals',
    subject: grant.grant_id,
    time,
    data: approvalId === undefined ? { grant } : { grant, approval_id: approvalId },
    before: before && { grant: before },
  });
  return { subject: grantLog(grant.grant_id), event, expect };
}

export const newGrantId = (): string => `gra_${base32(createHash('sha256').update(randomUUID()).digest())}`;

/** The fact that makes a grant. */
export const givenFact = (grant: Grant): Fact => toFact({ name: 'given', grant }, 0, grant.granted_at);

export type Grants = {
  /**
   * Lets `store` approve a call by a grant that answers for it, together with the fact of that use: compare-and-set on the
   * grant, so that no use passes its revocation.
   *
   * @returns undefined where no grant answers
   */
  answer<T>(
    asked: AskedOfGrant & { policyDigest: string | undefined; approvalId: string },
    store: (grant: Grant, fact: Fact) => Promise<T>,
    deadlineMs: number,
  ): Promise<T | undefined>;
  /** Newest first. */
  list(deadlineMs: number): Promise<Grant[]>;
  /** Why it counts no more; undefined where it counts. */
  whyOver(grant: Grant): string | undefined;
  /** The grant as of now. @throws AppError `not_found` */
  load(grantId: string, deadlineMs: number): Promise<Grant>;
  /** Ends it; one that is over stays as it is. @throws AppError `not_found` */
  revoke(grantId: string, by: string, deadlineMs: number): Promise<Grant>;
};

type GrantsDeps = {
  bus: Bus;
  index: GrantIndex;
  indexCaughtUp: (deadlineMs: number) => Promise<void>;
  policies: PolicyIndex;
  policiesCaughtUp: (deadlineMs: number) => Promise<void>;
  /** Whose grants count. */
  approvers: Pick<Approvers, 'byName'>;
  now: () => Date;
};

export function createGrants(deps: GrantsDeps): Grants {
  const { bus, index, indexCaughtUp, policies, policiesCaughtUp, approvers, now } = deps;
  const oneByOne = createKeyedMutex();
  /** Those that somebody is about to end: nothing is approved by them here meanwhile. */
  const revoking = new Set<string>();

  const load = async (grantId: string, deadlineMs: number): Promise<{ grant: Grant; seq: number }> => {
    const isId = GrantId.safeParse(grantId).success;
    const stored = isId ? await bus.read.last(grantLog(grantId), deadlineMs) : undefined;
    if (!stored) throw new AppError('not_found', `There is no grant ${JSON.stringify(grantId)}.`);
    const changed = readEvent(stored, ...GRANT_EVENTS);
    if (changed) return { grant: changed.data.grant, seq: stored.seq };
    throw new AppError('storage_unavailable', `The record of grant ${grantId} can not be read.`);
  };

  /** What it was given under must still be so: its policy, down to its rule, and that its giver is an approver. */
  const whyOverUnder = (grant: Grant, policyDigest: string | undefined): string | undefined => {
    const { policy_digest: given, rule, granted_by, revoked_at, revoked_by } = grant;
    if (revoked_at !== undefined) return `revoked by ${revoked_by ?? 'somebody'}`;
    if (!isActive(grant, now())) return 'its time is over';
    if (!approvers.byName(granted_by)) return `${granted_by} is no approver any more`;
    const isSame =
      given === undefined || policyDigest === undefined
        ? given === policyDigest
        : policies.asksTheSame(given, policyDigest, rule?.index);
    return isSame ? undefined : 'the policy has changed since it was given';
  };

  const answer: Grants['answer'] = async ({ policyDigest, approvalId, ...asked }, store, deadlineMs) => {
    const useOne = async (grantId: string) => {
      for (;;) {
        const { grant, seq } = await load(grantId, deadlineMs);
        const decision = use(grant, asked, now());
        const isOver = revoking.has(grantId) || whyOverUnder(grant, policyDigest) !== undefined;
        if (isOver || !('event' in decision)) return undefined;
        try {
          const around = { before: grant, approvalId };
          return { done: await store(grant, toFact(decision.event, seq, now().toISOString(), around)) };
        } catch (thrown) {
          // Used by another replica meanwhile: then again. Else the approval itself is another one by now.
          if (!isConflict(thrown) || (await load(grantId, deadlineMs)).seq === seq) throw thrown;
        }
      }
    };
    const candidates = index.of(asked.call.principal).filter((grant) => answersFor(grant, asked, now()));
    if (candidates.length > 0 && policyDigest !== undefined && !policies.has(policyDigest))
      await policiesCaughtUp(deadlineMs);
    for (const { grant_id } of candidates) {
      const used = await oneByOne(grant_id, () => useOne(grant_id));
      if (used) return used.done;
    }
    return undefined;
  };

  const revokeOne = async (grantId: string, by: string, deadlineMs: number): Promise<Grant> => {
    const { grant, seq } = await load(grantId, deadlineMs);
    const at = now();
    const decision = revoke(grant, by, at);
    if (!('event' in decision)) return grant;
    await bus.append.one(toFact(decision.event, seq, at.toISOString(), { before: grant }), deadlineMs);
    return decision.event.grant;
  };

  return {
    answer,
    async list(deadlineMs) {
      await indexCaughtUp(deadlineMs);
      return index.all();
    },
    // Without a policy of its own it goes by the terms alone.
    whyOver: (grant) => whyOverUnder(grant, grant.policy_digest === undefined ? undefined : policies.current),
    load: async (grantId, deadlineMs) => (await load(grantId, deadlineMs)).grant,
    async revoke(grantId, by, deadlineMs) {
      revoking.add(grantId);
      try {
        return await retryOnConflict(
          () => revokeOne(grantId, by, deadlineMs),
          // Each use changes the grant; however busy it is, it must be possible to end it, within the deadline.
          Number.POSITIVE_INFINITY,
        );
      } finally {
        revoking.delete(grantId);
      }
    },
  };
}
