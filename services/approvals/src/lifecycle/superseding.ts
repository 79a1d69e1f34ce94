import { setTimeout as sleep } from 'node:timers/promises';
import { inQuarantine, type Tool, type WaitingDefinition } from '@aegis/replicas/tools';
import { isActive } from '../domain/grant.ts';
import type { AfterEdit } from '../editing/after-edit.ts';
import type { Ground } from '../ground.ts';
import type { IndexEntry } from '../projections/approval-index.ts';
import type { Grants } from './grants.ts';
import type { Lifecycle } from './lifecycle.ts';
import { GRANT_OVER } from './validity.ts';

const WITHIN_MS = 5_000;
/** So far the clocks of this machine and of the log's may differ where both are right. */
const CLOCKS_DIFFER_BY_MS = 10_000;
const CLOCK_SET_BACK = 'the clock was set back since, so nobody knows how old it is';
const TOOL_CHANGED = "the tool's definition has changed since it was asked";

/** Ends what is open when what it was asked under changes, so that nobody decides what can't run any more. */
export type Superseding = {
  /** From now on, and what changed while nobody looked. */
  start(): Promise<void>;
};

/** Of this tool, but asked under another definition, and before this one was seen. */
const isOfOlder =
  ({ server, tool }: Tool, { digest, seq }: WaitingDefinition) =>
  (entry: IndexEntry): boolean =>
    entry.server === server &&
    entry.tool === `${server}.${tool}` &&
    entry.definitionDigest !== undefined &&
    entry.definitionDigest !== digest &&
    entry.seq < seq;

export function createSuperseding(
  { known, log, clock, now }: Ground,
  lifecycle: Pick<Lifecycle, 'supersede'>,
  { revoke }: Pick<Grants, 'revoke'>,
  afterEdit: Pick<AfterEdit, 'look'>,
): Superseding {
  const { approvals, policies, tools, grants } = known;

  /** One that can't be ended now is not lost: whoever uses it looks at the policy, the tool and the grant again. */
  const endAll = async (isOver: (entry: IndexEntry) => boolean, because: string): Promise<void> => {
    // What was asked before the change must be known before it can be ended.
    await approvals
      .caughtUp(Date.now() + WITHIN_MS)
      .catch((err: unknown) => log.warn({ err }, 'approvals behind'));
    for (const entry of approvals.state.open()) {
      if (!isOver(entry)) continue;
      await lifecycle
        .supersede(entry.approvalId, because, Date.now() + WITHIN_MS)
        .catch((err: unknown) => log.warn({ err, approvalId: entry.approvalId }, 'approval not superseded'));
    }
  };

  /** What the log took at a time that has not come yet, when it was read from there: its deadlines mean nothing. */
  const clockWasSetBack = async (): Promise<void> => {
    const untilMs = clock().getTime() + CLOCKS_DIFFER_BY_MS;
    await endAll(({ storedAtMs }) => storedAtMs > untilMs, CLOCK_SET_BACK);
    for (const grant of grants.state.changedAfter(untilMs).filter((one) => isActive(one, now()))) {
      await revoke(grant.grant_id, 'the clock', Date.now() + WITHIN_MS).catch((err: unknown) =>
        log.warn({ err, grantId: grant.grant_id }, 'grant not revoked'),
      );
    }
  };

  return {
    async start() {
      await clockWasSetBack();
      policies.onChange(() => void afterEdit.look());
      tools.onChange((tool, seq) => {
        const waiting = inQuarantine(tool);
        if (waiting?.seq === seq) void endAll(isOfOlder(tool, waiting), TOOL_CHANGED);
      });
      grants.onChange(({ grant_id, revoked_at }) => {
        if (revoked_at !== undefined) void endAll(({ grantId }) => grantId === grant_id, GRANT_OVER);
      });
      // What is left is looked at while others are answered.
      await Promise.race([afterEdit.look(), sleep(WITHIN_MS, undefined, { ref: false })]);
      for (const { tool, waiting } of tools.state.quarantined()) {
        if (inQuarantine(tool) === waiting) await endAll(isOfOlder(tool, waiting), TOOL_CHANGED);
      }
    },
  };
}
