import { WatchItem } from '../approvals/watch/item.ts';

const MINUTE_MS = 60_000;
/** When the items of {@link watchItem} were asked. */
export const ASKED_MS = Date.parse('2026-01-31T12:00:00.000Z');

/** A waiting call of the watch; `n` tells it from others, and a higher one has its deadline later. */
export const watchItem = (n: number, changes: Partial<WatchItem> = {}): WatchItem =>
  WatchItem.parse({
    approval_id: `apr_${String.fromCharCode(96 + n).repeat(26)}`,
    dry_run_id: `run-${n}`,
    status: 'pending',
    ts: new Date(ASKED_MS).toISOString(),
    tool: `refunds.create${n}`,
    op: 'refund',
    amount_cents: 12_500,
    args: { charge: `ch_${n}` },
    principal: 'key:ci',
    reasons: ['too much'],
    decide_by: new Date(ASKED_MS + n * MINUTE_MS).toISOString(),
    ...changes,
  });

/** The event that the gateway's stream has of it. */
export function eventOf({ tool, op, amount_cents, args, principal, ts, ...rest }: WatchItem): string {
  const call = { tool, op, amount_cents, args, principal };
  const data = { approval: { ...rest, requested_at: ts, call } };
  return `event: aegis.approval.requested.v1\ndata: ${JSON.stringify({ type: 'x', data })}\n\n`;
}
