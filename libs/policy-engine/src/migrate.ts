import { type EffectivePolicyV1, effectivePolicy } from './defaults.ts';
import type { Policy, PolicyRule, PolicyV2 } from './schema.ts';

export interface Migration {
  readonly policy: PolicyV2;
  /** False where the policy was version 2 already; it is returned as it is, with no notes. */
  readonly migrated: boolean;
  /** In words: what was migrated, and where version 2 is stricter than version 1 was. */
  readonly notes: string[];
}

interface Part {
  readonly rules: PolicyRule[];
  readonly notes: string[];
}

/** Why version 1 said what it said, as the reasons of the rules. */
const DENIED = 'In the deny list';
const ALLOWED = 'In the allow list';
const NO_OP = "In the allow list for op 'refund' only";

/**
 * Version 1 to version 2: deny rules, then allow rules, then `*` to review. No call is decided more permissively than
 * before. It is decided as before, but for tools of patterns that start with `refunds` or `payment_links`: those get
 * their cap for good, so that leaving out the op no longer gets round it.
 */
export function migratePolicy(policy: Policy): Migration {
  if (policy.version === 2) return { policy, migrated: false, notes: [] };
  const from = effectivePolicy(policy);
  const allowed = [...new Set(from.allow_tools)];
  const refunds = allowed.filter((match) => isRefunds(match, from));
  const links = allowed.filter((match) => isPaymentLinks(match, from));
  const others = allowed.filter((match) => !isRefunds(match, from) && !isPaymentLinks(match, from));
  const parts: Part[] = [
    {
      rules: [...new Set(from.deny_tools)].map((match) => ({ match, decision: 'deny', reason: DENIED })),
      notes: [],
    },
    migrateRefunds(refunds, others, from),
    ...links.map((match) => migratePaymentLinks(match, from)),
    migrateOthers(others, from),
    { rules: [{ match: '*', decision: 'review', reason: 'Not in the allow list' }], notes: [] },
  ];
  return {
    policy: { version: 2, rules: parts.flatMap(({ rules }) => rules) },
    migrated: true,
    notes: ['Migrated from version 1 to version 2.', ...parts.flatMap(({ notes }) => notes)],
  };
}

/** A deny rule stands before what is allowed: of such a pattern nothing is. */
function isDenied(match: string, from: EffectivePolicyV1): boolean {
  return from.deny_tools.includes(match) || from.deny_tools.includes('*');
}

function isRefunds(match: string, from: EffectivePolicyV1): boolean {
  return from.max_refund_cents > 0 && match.startsWith('refunds');
}

function isPaymentLinks(match: string, from: EffectivePolicyV1): boolean {
  return from.max_payment_link_cents > 0 && match.startsWith('payment_links');
}

function migrateRefunds(refunds: string[], others: string[], from: EffectivePolicyV1): Part {
  const cap = from.max_refund_cents;
  const rules = refunds.map((match) => capRule(match, cap, 'refund'));
  // A later, wider allow rule would let a refund through that leaves out its op, and with it the cap.
  const overlaps = createOverlaps(others);
  const reopened = refunds.filter(overlaps);
  return {
    rules: [...rules, ...reopened.map((match): PolicyRule => ({ match, decision: 'review', reason: NO_OP }))],
    notes: refunds
      .filter((match) => !isDenied(match, from))
      .map(
        (match) =>
          `Stricter: '${match}' is allowed for op 'refund' up to ${cap} cents only. Version 1 also allowed calls ` +
          'with another op, or with none, without that cap; now a person is asked.',
      ),
  };
}

function migratePaymentLinks(match: string, from: EffectivePolicyV1): Part {
  const cap = from.max_payment_link_cents;
  const refundCap = from.max_refund_cents;
  const rule: PolicyRule = { match, decision: 'allow', cap_cents: cap, reason: ALLOWED };
  const isRefundTighter = refundCap > 0 && refundCap < cap;
  return {
    // The wide rule would give an op 'refund' the higher cap; the first two keep each op under its own.
    rules: isRefundTighter
      ? [capRule(match, cap, 'payment_link_create'), capRule(match, refundCap, 'refund'), rule]
      : [rule],
    notes: isDenied(match, from)
      ? []
      : [
          isRefundTighter
            ? `Stricter: '${match}' is allowed for op 'refund' up to ${refundCap} cents, for any other op or none up to ` +
              `${cap} cents, and needs an amount. Version 1 capped op 'refund' and 'payment_link_create' only.`
            : `Stricter: '${match}' is allowed up to ${cap} cents whatever the op, and needs an amount. Version 1 put ` +
              "that cap on op 'payment_link_create' only.",
        ],
  };
}

/** Version 1's caps go by op and hold for every tool, so each pattern carries a rule for each capped op. */
function migrateOthers(others: string[], from: EffectivePolicyV1): Part {
  const caps = [
    { op: 'refund', cap: from.max_refund_cents },
    { op: 'payment_link_create', cap: from.max_payment_link_cents },
  ].filter(({ cap }) => cap > 0);
  const rules = others.flatMap((match): PolicyRule[] => [
    ...caps.map(({ op, cap }) => capRule(match, cap, op)),
    { match, decision: 'allow', reason: ALLOWED },
  ]);
  if (caps.length === 0 || others.length === 0) return { rules, notes: [] };
  const named = caps.map(({ op }) => `'${op}'`).join(' and ');
  return {
    rules,
    notes: [
      `As in version 1, the cap for op ${named} holds only for calls that name that op. To cap a tool whatever ` +
        'the call says, give it a rule with cap_cents and without ops.',
    ],
  };
}

function capRule(match: string, cap: number, op: string): PolicyRule {
  return { match, decision: 'allow', cap_cents: cap, ops: [op], reason: ALLOWED };
}

/**
 * Whether some name may match a pattern and one of these too: false only where what they start with differs from each. Takes
 * no longer for many of them, as a caller may have a policy of 100,000 patterns migrated.
 */
function createOverlaps(patterns: readonly string[]): (pattern: string) => boolean {
  const starts = patterns.map(literalStart).toSorted();
  const known = new Set(starts);
  return (pattern) => {
    const start = literalStart(pattern);
    for (let length = 0; length <= start.length; length++) if (known.has(start.slice(0, length))) return true;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? '') < start) low = middle + 1;
      else high = middle;
    }
    return starts[low]?.startsWith(start) ?? false;
  };
}

function literalStart(pattern: string): string {
  const wild = pattern.search(/[*?[]/);
  return wild < 0 ? pattern : pattern.slice(0, wild);
}
