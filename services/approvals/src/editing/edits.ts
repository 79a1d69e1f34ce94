import type { Approval } from '@aegis/contracts/approvals';
import { createWorkerThread } from '@aegis/kit/worker';
import { asksTheSame, type PolicyCall, type PrefixDigests } from '@aegis/policy-engine';
import { isActive } from '../domain/grant.ts';
import type { Ground } from '../ground.ts';
import type { AskedCall, EditAnswer, EditTask } from './edit-worker.ts';

const MODULE = new URL('./edit-worker.ts', import.meta.url);
/** Calls are read and decided so many at a time: each may be large, and others want the log and the loop meanwhile. */
const AT_ONCE = 8;

/** Something that stands on what a policy said of a call. */
export type Standing = {
  readonly kind: 'approval' | 'grant';
  /** Of the approval, or of the grant. */
  readonly id: string;
  /** The approval that has the call. */
  readonly approvalId: string;
  readonly policyDigest: string;
  readonly ruleIndex: number | undefined;
  readonly tool: string;
  readonly principal: string;
};

/** What becomes of it: `because` says why it ends, `unread` why its call could not be looked at; else it goes on. */
export type Looked = {
  readonly of: Standing;
  readonly because?: string | undefined;
  readonly unread?: unknown;
};

/** A policy: a question about it, as JSON, its prefixes, and its digest where it is in force. */
type Candidate = { readonly text: string; readonly prefixes: PrefixDigests; readonly digest?: string };

/** What the policy saw of it when it was asked. */
function toAsked({ call, client, door, in_path, requested_at, rule }: Approval): AskedCall {
  const { definition_digest: _, op, amount_cents, ...seen } = call;
  const stated = in_path ? {} : { op, amount_cents };
  const asked: PolicyCall = { ...seen, ...stated, client, door, at: new Date(requested_at) };
  return { call: asked, ruleIndex: rule?.index };
}

/** Looks at what an edit of the policy means for what waits, is approved or granted. A thread of its own decides. */
export function createEdits({ known, store, now }: Ground) {
  const { approvals, grants, policies } = known;
  const worker = createWorkerThread(MODULE);
  const run = async (task: EditTask, deadlineMs: number): Promise<EditAnswer> =>
    (await worker.run(task, deadlineMs)) as EditAnswer;

  /** All that is open under a policy, the approvals first: what a grant approved ends by its own reason. */
  function* standing(): Generator<Standing> {
    for (const { approvalId, policyDigest, ruleIndex, tool, principal } of approvals.state.open()) {
      if (policyDigest === undefined) continue;
      const id = approvalId;
      yield { kind: 'approval', id, approvalId, policyDigest, ruleIndex, tool, principal };
    }
    for (const grant of grants.state.all()) {
      const { grant_id: id, approval_id: approvalId, policy_digest: policyDigest, rule, principal } = grant;
      if (policyDigest === undefined || !isActive(grant, now())) continue;
      const { tool } = grant.pattern;
      yield { kind: 'grant', id, approvalId, policyDigest, ruleIndex: rule?.index, tool, principal };
    }
  }

  const lookAt = async (
    some: readonly Standing[],
    task: Omit<EditTask, 'calls'>,
    deadlineMs: number,
  ): Promise<Looked[]> => {
    const loads = await Promise.allSettled(some.map(({ approvalId }) => store.load(approvalId, deadlineMs)));
    const unread = some.flatMap((of, at) => {
      const load = loads[at];
      return load?.status === 'rejected' ? [{ of, unread: load.reason as unknown }] : [];
    });
    const read = some.flatMap((of, at) => {
      const load = loads[at];
      return load?.status === 'fulfilled' && load.value ? [{ of, asked: toAsked(load.value.state) }] : [];
    });
    try {
      const { because } = await run({ ...task, calls: read.map(({ asked }) => asked) }, deadlineMs);
      return [...unread, ...read.map(({ of }, at) => ({ of, because: because[at] }))];
    } catch (thrown) {
      return some.map((of) => ({ of, unread: thrown }));
    }
  };

  return {
    /** A policy of somebody who asks. @throws AppError `invalid_request` where it is none */
    async candidate(text: string, deadlineMs: number): Promise<Candidate> {
      return { text, prefixes: (await run({ after: text }, deadlineMs)).prefixes };
    },
    /**
     * What this policy means for each that stands under another one, some at a time. Where both are alike down to the rule
     * that asked nobody has to look; else the call is decided again, until the deadline of the moment.
     */
    async *lookAgain(
      { text, prefixes, digest: inForce }: Candidate,
      deadlineMs: () => number,
    ): AsyncGenerator<Looked[]> {
      const isTouched = ({ policyDigest, ruleIndex }: Standing): boolean =>
        policyDigest !== inForce &&
        !asksTheSame(policies.state.prefixesOf(policyDigest), prefixes, ruleIndex);
      const byPolicy = Map.groupBy([...standing()].filter(isTouched), (one) => one.policyDigest);
      for (const [digest, touched] of byPolicy) {
        const document = policies.state.documentOf(digest);
        const task = { after: text, ...(document && { before: JSON.stringify(document) }) };
        for (let at = 0; at < touched.length; at += AT_ONCE) {
          const some = touched.slice(at, at + AT_ONCE);
          const isInTime = Date.now() < deadlineMs();
          yield isInTime
            ? await lookAt(some, task, deadlineMs())
            : some.map((of) => ({ of, unread: 'late' }));
        }
      }
    },
    stop: () => worker.stop(),
  };
}
