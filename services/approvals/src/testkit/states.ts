import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { expect } from 'vitest';
import { approvals } from '../domain/approval.ts';
import type { ApprovalEvent, ApprovalEventName } from '../domain/approval-event.ts';
import type { Approver } from '../domain/approver.ts';
import { givenFor } from './given.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
/** Milliseconds after the moment at which everything was asked. */
export const at = (ms: number): Date => new Date(AT + ms);

export const DECIDE_MS = 60_000;
export const USE_MS = 5_000;

type Pending = Extract<Approval, { status: 'pending' }>;

/** An approval that waits, for a call of `me`. */
export const waiting = (terms?: ApprovalTerms, principal = 'me'): Pending => ({
  status: 'pending',
  approval_id: `apr_${'a'.repeat(26)}`,
  dry_run_id: 'key',
  generation: 1,
  trace_id: 'f'.repeat(32),
  call: { tool: 'refunds.create', principal },
  call_digest: `sha256:${'a'.repeat(64)}`,
  reasons: ['over the cap'],
  ...(terms === undefined ? {} : { terms }),
  requested_at: at(0).toISOString(),
  decide_by: at(DECIDE_MS).toISOString(),
});

export const person = (name: string, more: Partial<Approver> = {}): Approver => ({
  name,
  roles: [],
  may: ['approver'],
  principals: [],
  ...more,
});

export const given = givenFor(approvals);
/** This approval was asked for. */
export const asked = (approval: Approval): ApprovalEvent => ({
  type: 'aegis.approval.requested.v1',
  data: { approval },
});
/** This happens, whatever else is said of it. */
export const happens = (name: ApprovalEventName): { event: ApprovalEvent } => ({
  event: expect.objectContaining({ type: `aegis.approval.${name}.v1` }) as ApprovalEvent,
});
