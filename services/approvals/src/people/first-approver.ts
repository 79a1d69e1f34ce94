import type { Bus } from '@aegis/bus';
import { APPROVER_KEY_PREFIX } from '@aegis/contracts/approvers-file';
import type { BecomeApprover, InviteApprover, InviteReply } from '@aegis/contracts/first-approver';
import { type FirstAdmin, type FirstAdminReply, policyFirstAdmin } from '@aegis/contracts/identities';
import { readEvent } from '@aegis/contracts/read-event';
import { APPROVER_LOG } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { checkFault } from '../domain/decider.ts';
import {
  type FirstApprover,
  type FirstApproverCommand,
  type FirstApproverEvent,
  firstApprover,
  LINK_FOR_MS,
} from '../domain/first-approver.ts';
import { createStore, type Kind, NOTHING } from '../store.ts';

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 200;
/** Before anybody has the name. */
const BY_LINK = 'approve-here';

/** There is one. */
const ID = 'first approver';

const KIND: Kind<FirstApprover, FirstApproverCommand, FirstApproverEvent> = {
  decider: firstApprover,
  subjectOf: () => APPROVER_LOG,
  read: (last) => {
    const invited = readEvent(last, 'aegis.approver.invited.v1');
    if (invited) return { type: 'aegis.approver.invited.v1', data: invited.data };
    const added = readEvent(last, 'aegis.approver.added.v1');
    return added && { type: 'aegis.approver.added.v1', data: added.data };
  },
  nameOf: (id) => `the ${id}`,
  written: ({ data }) => ({ data, ...('name' in data ? { subject: data.name } : {}) }),
};

export type FirstApprovers = {
  /** A link, where nobody can approve; else why there is none. */
  invite(asked: InviteApprover, deadlineMs: number): Promise<InviteReply>;
  /** Why no link is made, in sentences without their end, and whether that is a file which can't be read. */
  whyNone(deadlineMs: number): Promise<FirstAdminReply>;
  /**
   * Makes whoever opened the link an approver.
   *
   * @returns their key, which is nowhere else
   * @throws AppError `unauthorized` where the link opens nothing, `already_decided` where somebody can approve by now
   */
  become(word: BecomeApprover, deadlineMs: number): Promise<{ name: string; key: string }>;
};

type FirstApproverDeps = { bus: Bus; now: () => Date };

/**
 * The first who can approve, where there is neither a code nor an approver: by a link that a person made at a terminal of
 * the machine. The log lets one link make one approver, whoever else is asked at the same time; only digests are kept.
 */
export function createFirstApprover({ bus, now }: FirstApproverDeps): FirstApprovers {
  const store = createStore(bus, KIND);
  const askPolicy = (asked: FirstAdmin, deadlineMs: number) =>
    bus.ask(policyFirstAdmin, asked, { deadlineMs: deadlineMs - ANSWER_MS });
  const asItStands = async (asked: FirstAdmin, deadlineMs: number) => ({
    now: now(),
    notNeeded: (await askPolicy(asked, deadlineMs)).refused,
  });

  return {
    whyNone: (deadlineMs) => askPolicy({ by: BY_LINK }, deadlineMs),
    async invite({ token_digest: tokenDigest, asked_by: askedBy }, deadlineMs) {
      const until = new Date(now().getTime() + LINK_FOR_MS);
      const { decision } = await store.handle(
        ID,
        (await store.load(ID, deadlineMs)) ?? NOTHING,
        async () => ({
          ...(await asItStands({ by: askedBy }, deadlineMs)),
          type: 'invite',
          tokenDigest,
          askedBy,
          until,
        }),
        deadlineMs,
      );
      return decision && 'because' in decision
        ? { refused: `${decision.because}.` }
        : { until: until.toISOString() };
    },
    async become({ token, name }, deadlineMs) {
      const key = makeKey(APPROVER_KEY_PREFIX);
      const tokenDigest = keyDigest(token);
      const { decision } = await store.handle(
        ID,
        (await store.load(ID, deadlineMs)) ?? NOTHING,
        async () => ({
          ...(await asItStands({ name, by: BY_LINK }, deadlineMs)),
          type: 'become',
          tokenDigest,
          name,
          key: keyDigest(key),
        }),
        deadlineMs,
      );
      checkFault(decision);
      if (!decision || !('event' in decision) || decision.event.type !== 'aegis.approver.added.v1')
        throw new AppError('internal', 'Nobody became an approver.');
      const { key: digest, asked_by: by } = decision.event.data;
      const { refused } = await askPolicy({ name, key: { digest }, by }, deadlineMs);
      if (refused !== undefined) throw new AppError('already_decided', `${refused}.`);
      return { name, key };
    },
  };
}
