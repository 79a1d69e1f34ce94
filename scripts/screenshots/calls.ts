/** What an agent asks about, by the names of `firewall_enforce`. */
export type Asked = {
  tool: string;
  op?: string;
  amount_cents?: number;
  args?: object;
  meta: { dry_run_id: string; reason?: string };
};

export const RULES = [
  { match: '*.delete_*', decision: 'deny', description: "Agents don't delete" },
  { match: 'refunds.*', decision: 'allow', ops: ['refund'], cap_cents: 5_000 },
  {
    match: 'bank.*',
    decision: 'review',
    description: 'Money leaves the house only with a person from finance',
    approvers: ['finance'],
    use_within: '5m',
  },
  { match: 'treasury.*', decision: 'review', approvers: ['finance'], quorum: 2, require_reason: true },
  { match: '*', decision: 'review', description: 'No rule allows this without a person' },
];

/** Refunds of the same kind, whichever the order. */
export const LIKE_IT = {
  tool: 'refunds.create',
  op: 'refund',
  max_amount_cents: 8_000,
  args: { order: { any: true } },
};

export const refund = (order: number, amount_cents: number, reason: string): Asked => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents,
  args: { order },
  meta: { dry_run_id: `refund-${order}`, reason },
});

const INVOICE = {
  payee: 'Nordlicht Druck GmbH',
  iban: 'DE02 1203 0000 0000 2020 51',
  currency: 'EUR',
  invoice: '2026-1107',
  purpose: 'Catalogues, autumn',
  method: 'SEPA credit transfer',
  execute_on: '2026-11-30',
  cost_centre: 'marketing',
  instant: false,
  notify: 'accounts@example.com',
};
/** What is in the invoice before it. */
const EARLIER = {
  iban: 'DE75 5121 0800 1245 1261 99',
  invoice: '2026-1064',
  purpose: 'Catalogues, summer',
  execute_on: '2026-08-31',
};

const transfer = (amount_cents: number, args: typeof INVOICE): Asked => ({
  tool: 'bank.transfer',
  op: 'transfer',
  amount_cents,
  args,
  meta: {
    dry_run_id: `invoice-${args.invoice}`,
    reason: `Invoice ${args.invoice} is due on ${args.execute_on}`,
  },
});
export const AUTUMN = transfer(1_250_000, INVOICE);
export const SUMMER = transfer(980_000, { ...INVOICE, ...EARLIER });
