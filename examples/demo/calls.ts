/** A call that the agent wants to make, and why it is in the demo. */
export type Call = {
  readonly shows: string;
  readonly tool: string;
  readonly op?: string;
  readonly amount_cents?: number;
  readonly args?: Record<string, unknown>;
  /** For the person who decides. */
  readonly reason?: string;
};

/** One of each kind, for the policy that comes with the project (`policy.yml`). */
export const CALLS: readonly Call[] = [
  { shows: 'allowed by a rule', tool: 'search.docs', args: { query: 'refund policy' } },
  { shows: 'allowed, under the cap', tool: 'refunds.create', op: 'refund', amount_cents: 2_500 },
  {
    shows: 'over the cap, so a person decides',
    tool: 'refunds.create',
    op: 'refund',
    amount_cents: 12_500,
    args: { order: 1001 },
    reason: 'Order 1001 arrived broken',
  },
  { shows: 'denied by a rule', tool: 'db.drop_table', args: { table: 'users' } },
  {
    shows: 'no rule knows it, so a person decides',
    tool: 'crm.export_users',
    reason: 'The newsletter needs the list',
  },
];

/** The call in a line, such as `refunds.create  op refund, 2500 cents`. */
export function describeCall({ tool, op, amount_cents }: Call): string {
  const details = [
    ...(op === undefined ? [] : [`op ${op}`]),
    ...(amount_cents === undefined ? [] : [`${amount_cents} cents`]),
  ];
  return [tool, details.join(', ')].filter(Boolean).join('  ');
}
