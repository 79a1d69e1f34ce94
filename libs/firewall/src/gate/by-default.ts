import type { BuiltInName, Decision } from '@aegis/policy-engine';

/**
 * A decision of the rules, or of what stands beside them: `by-default` where no rule is about this, `own-name` for a
 * server's question in our name.
 */
export type Ruling = Omit<Decision, 'built_in'> & {
  readonly built_in?: BuiltInName | 'by-default' | 'own-name' | undefined;
};

/** Such a glob is about everything; any other that matches was written with a part of its names in mind. */
const IS_ABOUT_ALL = /^\*+$/;

export const BY_DEFAULT: Ruling = {
  decision: 'allow',
  allowed: true,
  approval_required: false,
  reasons: [],
  built_in: 'by-default',
};

/** Whether the rule that decided is about this and not about everything. */
export const isAboutIt = ({ rule }: Ruling): boolean => rule !== undefined && !IS_ABOUT_ALL.test(rule.match);

/** Whether no rule has spoken of this in particular: it is a person's matter only because everything else is. */
export const isUnspoken = (ruling: Ruling): boolean =>
  ruling.decision === 'review' && ruling.built_in === undefined && !isAboutIt(ruling);

/** The stricter of two rulings on one call. */
export function stricter(one: Ruling, other: Ruling): Ruling {
  const order = ['allow', 'review', 'deny'];
  return order.indexOf(other.decision) > order.indexOf(one.decision) ? other : one;
}
