import type { Logger } from '@aegis/kit/logger';
import { inQuarantine, type Tool, type WaitingDefinition } from '@aegis/replicas/tools';
import type { ApprovalIndex, IndexEntry } from '../projections/approval-index.ts';
import type { PolicyIndex } from '../projections/policy-index.ts';
import type { ToolIndex } from '../projections/tool-index.ts';
import { GRANT_OVER, POLICY_CHANGED } from './validity.ts';

const WITHIN_MS = 5_000;
const TOOL_CHANGED = "the tool's definition has changed since it was asked";

/** Ends what is open when what it was asked under changes, so that nobody decides what can't run any more. */
export type Superseding = {
  /** Looks at everything that is open, for what changed while nobody looked. */
  all(): Promise<void>;
  policyChanged(): Promise<void>;
  /** This is what became of a tool by what stands at this place in the log. */
  toolSeen(tool: Tool, seq: number): Promise<void>;
  grantRevoked(grantId: string): Promise<void>;
};

type SupersedingDeps = {
  index: ApprovalIndex;
  indexCaughtUp: (deadlineMs: number) => Promise<void>;
  policies: PolicyIndex;
  tools: ToolIndex;
  supersede: (approvalId: string, because: string, deadlineMs: number) => Promise<void>;
  log: Logger;
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

export function createSuperseding(deps: SupersedingDeps): Superseding {
  const { index, indexCaughtUp, policies, tools, supersede, log } = deps;

  /** One that can't be ended now is not lost: whoever uses it looks at the policy, the tool and the grant again. */
  const endAll = async (isOver: (entry: IndexEntry) => boolean, because: string): Promise<void> => {
    // What was asked before the change must be known before it can be ended.
    await indexCaughtUp(Date.now() + WITHIN_MS).catch((err: unknown) =>
      log.warn({ err }, 'approvals behind'),
    );
    for (const entry of index.open()) {
      if (!isOver(entry)) continue;
      await supersede(entry.approvalId, because, Date.now() + WITHIN_MS).catch((err: unknown) =>
        log.warn({ err, approvalId: entry.approvalId }, 'approval not superseded'),
      );
    }
  };

  const policyChanged = async (): Promise<void> => {
    const { current } = policies;
    if (current === undefined) return;
    await endAll(
      ({ policyDigest, ruleIndex }) =>
        policyDigest !== undefined && !policies.asksTheSame(policyDigest, current, ruleIndex),
      POLICY_CHANGED,
    );
  };

  return {
    policyChanged,
    async all() {
      await policyChanged();
      for (const { tool, waiting } of tools.quarantined()) {
        if (inQuarantine(tool) === waiting) await endAll(isOfOlder(tool, waiting), TOOL_CHANGED);
      }
    },
    async toolSeen(tool, seq) {
      const waiting = inQuarantine(tool);
      if (waiting?.seq === seq) await endAll(isOfOlder(tool, waiting), TOOL_CHANGED);
    },
    grantRevoked: (grantId) => endAll((entry) => entry.grantId === grantId, GRANT_OVER),
  };
}
