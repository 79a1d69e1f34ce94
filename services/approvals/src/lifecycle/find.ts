import { type Approval, ApprovalId, type RequestApproval } from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { AppError } from '@aegis/kit/errors';
import { stands } from '../domain/approval.ts';
import { approvalIdFor } from '../domain/identity.ts';
import type { Ground } from '../ground.ts';
import type { Loaded } from '../store.ts';

export const notFound = (id: string): AppError =>
  new AppError('approval_not_found', `There is no approval ${JSON.stringify(id)}.`);

/**
 * The key that a caller means by a run key. Where it is an approval's id, that approval's key, for its own call only: a
 * key that looks like another call's approval would make a person decide the wrong one.
 *
 * @throws AppError `invalid_request`
 */
export async function keyOf(
  { store }: Ground,
  call: Call,
  dryRunId: string,
  deadlineMs: number,
): Promise<string> {
  if (!ApprovalId.safeParse(dryRunId).success) return dryRunId;
  const named = await store.load(dryRunId, deadlineMs);
  const isOwn =
    named?.state.call.principal === call.principal && named.state.call_digest === callDigest(call);
  if (isOwn) return named.state.dry_run_id;
  const why = named
    ? 'names the approval of another call: give the key that this call was asked under, or a new one'
    : `there is no approval ${dryRunId}: give the key that the call was asked under, or one that is no approval's id`;
  throw new AppError('invalid_request', `dry_run_id: ${why}`);
}

/** The newest approval under a key that is for this very call, whatever its state and whatever came under the key since. */
export async function latestFor(
  { store, known: { approvals } }: Ground,
  call: Call,
  dryRunId: string,
  deadlineMs: number,
): Promise<Approval | undefined> {
  const digest = callDigest(call);
  const latest = approvals.state.latestFor(call.principal, dryRunId, digest)?.approvalId;
  let found = latest === undefined ? undefined : (await store.load(latest, deadlineMs))?.state;
  // The index may be behind: what came under the key since is in the log.
  for (let generation = (approvals.state.generationOf(call.principal, dryRunId) ?? 0) + 1; ; generation++) {
    const newer = await store.load(approvalIdFor(call.principal, dryRunId, generation), deadlineMs);
    if (!newer) return found;
    if (newer.state.call_digest === digest) found = newer.state;
  }
}

/** What a caller asked last under this key, or as the approval of this id; never another's. */
export async function findOwn(
  { store, known: { approvals } }: Ground,
  id: string,
  principal: string,
  deadlineMs: number,
): Promise<Loaded<Approval> | undefined> {
  const named = ApprovalId.safeParse(id).success ? await store.load(id, deadlineMs) : undefined;
  if (named) return named.state.call.principal === principal ? named : undefined;
  let found: Loaded<Approval> | undefined;
  for (let generation = approvals.state.generationOf(principal, id) ?? 1; ; generation++) {
    const newer = await store.load(approvalIdFor(principal, id, generation), deadlineMs);
    if (!newer) return found;
    found = newer;
  }
}

/** The one approval that a run key means: the only one, or the only one that waits. */
async function idForDryRun(
  { known: { approvals } }: Ground,
  dryRunId: string,
  deadlineMs: number,
): Promise<string> {
  await approvals.caughtUp(deadlineMs);
  const entries = approvals.state.withDryRunId(dryRunId);
  const waiting = entries.filter((entry) => entry.status === 'pending');
  const [one, another] = waiting.length > 0 ? waiting : entries;
  if (!one) throw notFound(dryRunId);
  if (another) {
    throw new AppError(
      'dry_run_id_ambiguous',
      'More than one caller uses this run key: name the approval_id.',
    );
  }
  return one.approvalId;
}

/**
 * By approval id or by run key.
 *
 * @throws AppError `approval_not_found`, `dry_run_id_ambiguous`
 */
export async function findApproval(deps: Ground, id: string, deadlineMs: number): Promise<Loaded<Approval>> {
  const byId = ApprovalId.safeParse(id).success ? await deps.store.load(id, deadlineMs) : undefined;
  if (byId) return byId;
  const loaded = await deps.store.load(await idForDryRun(deps, id, deadlineMs), deadlineMs);
  if (!loaded) throw notFound(id);
  return loaded;
}

/**
 * The same for somebody who decides, or gives a grant: a key that ever named another call, of whomever, is none to decide
 * by, because they may mean the one that they saw.
 *
 * @throws AppError `approval_not_found`, `dry_run_id_ambiguous`
 */
export async function findToDecide(deps: Ground, id: string, deadlineMs: number): Promise<Loaded<Approval>> {
  const found = await findApproval(deps, id, deadlineMs);
  if (id === found.state.approval_id || !deps.known.approvals.state.isAmbiguous(id)) return found;
  throw new AppError(
    'dry_run_id_ambiguous',
    'This run key named more than one call: look at the one that you mean, and name its approval_id.',
  );
}

/**
 * True where the approval answers this request: it stands, for this very call. A denial of another call answers nothing.
 *
 * @throws AppError `dry_run_id_in_use` where it waits, or is approved, for another call
 */
export function standsFor(asked: RequestApproval, approval: Approval, now: Date): boolean {
  if (!stands(approval, now)) return false;
  if (approval.call_digest === callDigest(asked.call)) return true;
  if (approval.status === 'denied') return false;
  const { approval_id, status } = approval;
  const how = status === 'pending' ? 'waits for a person' : 'is approved';
  throw new AppError(
    'dry_run_id_in_use',
    `dry_run_id: is in use for another call, whose approval ${approval_id} ${how}; use a new one.`,
  );
}
