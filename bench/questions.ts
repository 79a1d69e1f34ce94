/** One policy in two languages, and calls whose answers are known. Names have `:` because Cerbos's globs part on it. */

export type Call = { tool: string; op: string; amount_cents: number };
export type Question = { what: string; call: Call; allowed: boolean };

export const CAP_CENTS = 5000;

export const AEGIS_POLICY = {
  version: 2,
  rules: [
    { match: '*:delete', decision: 'deny' },
    { match: 'refunds:*', decision: 'allow', cap_cents: CAP_CENTS },
    { match: 'docs:*', decision: 'allow' },
    { match: '*', decision: 'review' },
  ],
} as const;

/** The same for Cerbos: a denial wins over an allowance, and what no rule allows is not allowed. */
export const CERBOS_POLICY = {
  apiVersion: 'api.cerbos.dev/v1',
  resourcePolicy: {
    version: 'default',
    resource: 'tool',
    rules: [
      { actions: ['*:delete'], effect: 'EFFECT_DENY', roles: ['agent'] },
      {
        actions: ['refunds:*'],
        effect: 'EFFECT_ALLOW',
        roles: ['agent'],
        condition: { match: { expr: `request.resource.attr.amount_cents <= ${CAP_CENTS}` } },
      },
      { actions: ['docs:*'], effect: 'EFFECT_ALLOW', roles: ['agent'] },
    ],
  },
} as const;

/** The call that the load is made of. */
export const MEASURED: Question = {
  what: 'a refund under the cap',
  call: { tool: 'refunds:create', op: 'refund', amount_cents: 1500 },
  allowed: true,
};

export const QUESTIONS: readonly Question[] = [
  MEASURED,
  {
    what: 'a refund over the cap',
    call: { tool: 'refunds:create', op: 'refund', amount_cents: CAP_CENTS + 1 },
    allowed: false,
  },
  {
    what: 'a read of a document',
    call: { tool: 'docs:read', op: 'read', amount_cents: 0 },
    allowed: true,
  },
  {
    what: 'a deletion, which an earlier rule denies',
    call: { tool: 'docs:delete', op: 'delete', amount_cents: 0 },
    allowed: false,
  },
  {
    what: 'a tool that no rule names',
    call: { tool: 'mail:send', op: 'send', amount_cents: 0 },
    allowed: false,
  },
];
