import { createHash } from 'node:crypto';
import { canonicalJson } from '@aegis/kit/numbers';
import { type PolicyDocument, ruleIn } from './prefix.ts';

/**
 * What names a rule by its content, and not by its place: two policies that send a call to a person by rules of the same
 * digest ask the same question, of the same people. Without an index it is what a policy says where no rule matches. Of a
 * version 1 policy it is the cap of the call's `op`, or that a tool is in no list; without an op it is all caps.
 *
 * @returns undefined where the policy has no such rule
 */
export function ruleDigest(
  document: PolicyDocument,
  index: number | undefined,
  op?: string,
): string | undefined {
  const { version, timezone, rules: _, ...more } = document;
  if (version !== 2) return digestOf(index === undefined ? ['in no list'] : ['caps', capsOf(document, op)]);
  if (index === undefined) return digestOf(['no rule', more]);
  const rule = ruleIn(document, index);
  if (rule === undefined) return undefined;
  return digestOf(['rule', contentOf(rule), asksForTime(rule) ? (timezone ?? 'UTC') : '', more]);
}

/** An empty text says nothing, and neither does null; `description` is another name of `reason`. */
function contentOf({ description, reason, ...rule }: Record<string, unknown>): object {
  const fields = Object.entries({ ...rule, reason: reason || description || null });
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}

/** Version 1 asks about an operation by its own cap alone. */
function capsOf(
  { max_refund_cents: refund, max_payment_link_cents: link }: PolicyDocument,
  op: string | undefined,
): unknown[] {
  if (op === 'refund') return [op, refund];
  return op === 'payment_link_create' ? [op, link] : [refund, link];
}

/** Rather too often than too seldom: any mention of the time will do. */
const asksForTime = ({ when }: Record<string, unknown>): boolean =>
  when !== undefined && JSON.stringify(when).includes('time.');

function digestOf(content: readonly unknown[]): string {
  return createHash('sha256')
    .update(canonicalJson(content) ?? '')
    .digest('hex');
}
