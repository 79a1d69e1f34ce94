import type { Ground } from '../ground.ts';
import type { Grants } from '../lifecycle/grants.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { POLICY_CHANGED } from '../lifecycle/validity.ts';
import { createEdits, type Looked } from './edits.ts';

const WITHIN_MS = 5_000;
/** The thread has to begin, and others may want the core: nobody waits for this. */
const LOOK_WITHIN_MS = 30_000;
const AGAIN_AFTER_MS = 5_000;
const UNSEEN =
  'what an edit of the policy ends could not be looked at: calls and grants that are over may be shown as open, and open nothing; it is tried again every 5 s';

/** Ends what an edit of the policy ends, a few at a time beside everything else; edits that come meanwhile are one. */
export type AfterEdit = {
  /** Looks at all that is open once more. Resolves when there is nothing left to look at. */
  look(): Promise<void>;
  /** Why something is still shown as open that the policy in force may have ended; undefined where nothing is. */
  readonly problem: string | undefined;
  stop(): void;
};

export function createAfterEdit(
  ground: Ground,
  { supersede }: Pick<Lifecycle, 'supersede'>,
  { revoke }: Pick<Grants, 'revoke'>,
): AfterEdit {
  const { approvals, policies } = ground.known;
  const edits = createEdits(ground);
  let looking: Promise<void> | undefined;
  let isWanted = false;
  let isStopped = false;
  let later: NodeJS.Timeout | undefined;
  let failures = 0;
  let problem: string | undefined;

  /** One that can't be ended now is not lost: whoever uses it asks what its rule says now. For people it is tried again. */
  const failed = (err: unknown): void => {
    if (isStopped) return;
    failures += 1;
    ground.log.warn({ err }, 'an edit of the policy is looked at again');
    later ??= setTimeout(() => {
      later = undefined;
      void look();
    }, AGAIN_AFTER_MS).unref();
  };

  const end = async ({ of: { kind, id }, because, unread }: Looked): Promise<void> => {
    if (unread !== undefined) failed(unread);
    if (because === undefined) return;
    const deadlineMs = Date.now() + WITHIN_MS;
    if (kind === 'approval') return supersede(id, `${POLICY_CHANGED}: ${because}`, deadlineMs);
    await revoke(id, 'the policy', deadlineMs, `the policy has changed since it was given: ${because}`);
  };

  const lookOnce = async (): Promise<void> => {
    const { current: digest } = policies.state;
    const policy = digest === undefined ? undefined : policies.state.documentOf(digest);
    if (digest === undefined || policy === undefined) return;
    // What was asked before the change must be known before it can be ended.
    await approvals.caughtUp(Date.now() + WITHIN_MS).catch(failed);
    const edited = {
      text: JSON.stringify({ data: { policy } }),
      prefixes: policies.state.prefixesOf(digest),
      digest,
    };
    for await (const some of edits.lookAgain(edited, () => Date.now() + LOOK_WITHIN_MS)) {
      for (const looked of some) {
        if (isStopped || policies.state.current !== digest) return;
        await end(looked).catch(failed);
      }
    }
  };

  const lookWhileWanted = async (): Promise<void> => {
    while (isWanted) {
      isWanted = false;
      failures = 0;
      await lookOnce().catch(failed);
      problem = failures > 0 ? UNSEEN : undefined;
    }
    looking = undefined;
  };

  const look = async (): Promise<void> => {
    if (isStopped) return;
    isWanted = true;
    looking ??= lookWhileWanted();
    await looking;
  };

  return {
    look,
    get problem() {
      return problem;
    },
    stop() {
      isStopped = true;
      clearTimeout(later);
      edits.stop();
    },
  };
}
