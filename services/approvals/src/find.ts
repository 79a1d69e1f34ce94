import { ApprovalId } from '@aegis/shared/contracts/approvals';
import { AppError } from '@aegis/shared/errors/app-error';
import type { ApprovalIndex } from './projections/approval-index.ts';
import type { Loaded, Store } from './store.ts';

type FindDeps = { store: Store; index: ApprovalIndex; indexCaughtUp: (deadlineMs: number) => Promise<void> };

const notFound = (id: string): AppError =>
  new AppError('approval_not_found', `There is no approval ${JSON.stringify(id)}.`);

/** The one approval that a dry run id means: the only one, or the only one that waits. */
async function idForDryRun(
  { index, indexCaughtUp }: FindDeps,
  dryRunId: string,
  deadlineMs: number,
): Promise<string> {
  await indexCaughtUp(deadlineMs);
  const entries = index.withDryRunId(dryRunId);
  const waiting = entries.filter((entry) => entry.status === 'pending');
  const [one, another] = waiting.length > 0 ? waiting : entries;
  if (!one) throw notFound(dryRunId);
  if (another) {
    throw new AppError(
      'dry_run_id_ambiguous',
      'dry_run_id: more than one caller uses it; name the approval_id.',
    );
  }
  return one.approvalId;
}

/**
 * By approval id or by dry run id.
 *
 * @throws AppError `approval_not_found`, `dry_run_id_ambiguous`
 */
export async function findApproval(deps: FindDeps, id: string, deadlineMs: number): Promise<Loaded> {
  const byId = ApprovalId.safeParse(id).success ? await deps.store.load(id, deadlineMs) : undefined;
  if (byId) return byId;
  const loaded = await deps.store.load(await idForDryRun(deps, id, deadlineMs), deadlineMs);
  if (!loaded) throw notFound(id);
  return loaded;
}
