import { withDoubles } from '@aegis/kit/numbers';
import { z } from 'zod';
import { mistakesInSound } from './advice/advise.ts';
import { isMapping } from './condition/mapping.ts';
import { firstOf } from './first-of.ts';
import { type Policy, PolicyRule, PolicyV1, PolicyV2 } from './schema.ts';
import { showPath } from './show-path.ts';
import { unknownKey } from './unknown-key.ts';

export type PolicyValidation =
  | { readonly ok: true; readonly policy: Policy; readonly version: 1 | 2 }
  | { readonly ok: false; readonly errors: string[] };

const BEGINS = 'it begins with "version: 2", and has a list of "rules:"';

/**
 * Whether a document (parsed YAML or JSON) is a policy. Never throws. Each error names the path and what was
 * expected there: `rules.0.decision: expected one of allow, review, deny`, `rules.1.colour: unknown field`. One that
 * says nothing is an error, because a file cut to nothing must not allow what version 1 allows where a key is missing.
 */
export function validatePolicy(written: unknown): PolicyValidation {
  const document = withDoubles(written);
  if (saysNothing(document)) return refuse(['the policy is empty']);
  if (!isMapping(document)) return refuse([`expected the keys of a policy: ${BEGINS}`]);
  const version = Object.hasOwn(document, 'version') ? document['version'] : undefined;
  if (version === 2) return check(PolicyV2, withoutNulls(document), 2);
  if (version === undefined && Object.hasOwn(document, 'rules')) {
    return refuse(['version: expected 2, because the policy has rules', ...errorsOf(document, 2)]);
  }
  if (version === undefined && Object.hasOwn(document, 'match')) {
    return refuse([`this is a rule and no policy: ${BEGINS}, and this one of them`]);
  }
  if (version === undefined || version === 1) return check(PolicyV1, document, 1);
  const isText = version === '1' || version === '2';
  const meant = version === '1' || !Object.hasOwn(document, 'rules') ? 1 : 2;
  const error = isText ? `version: expected ${version} without quotes` : 'version: expected 1 or 2';
  return refuse([error, ...errorsOf(document, version === '2' ? 2 : meant)]);
}

/** Whether a document has no key of a policy: nothing at all, `{}`, or no more than that it is of version 1. */
export function saysNothing(document: unknown): boolean {
  if (document === undefined || document === null) return true;
  if (!isMapping(document)) return false;
  return Object.keys(document).every((key) => key === 'version' && document[key] === 1);
}

const OPTIONAL = new Set(
  Object.entries(PolicyRule.shape).flatMap(([key, of]) => (of instanceof z.ZodOptional ? [key] : [])),
);

/** What writes files by itself puts null where an optional field has no value. Version 1 never took it. */
function withoutNulls({
  timezone,
  rules,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    ...rest,
    ...(timezone !== undefined && timezone !== null && { timezone }),
    rules: Array.isArray(rules) ? rules.map(withoutEmptyFields) : rules,
  };
}

function withoutEmptyFields(rule: unknown): unknown {
  if (!isMapping(rule)) return rule;
  return Object.fromEntries(
    Object.entries(rule).filter(([key, value]) => value !== null || !OPTIONAL.has(key)),
  );
}

/** What else is wrong with one that does not say of which version it is, so that all of it can be mended at once. */
function errorsOf(document: Readonly<Record<string, unknown>>, version: 1 | 2): string[] {
  const meant = { ...document, version };
  const checked = version === 1 ? check(PolicyV1, meant, 1) : check(PolicyV2, withoutNulls(meant), 2);
  return checked.ok ? mistakesInSound(checked.policy) : checked.errors;
}

/** Beside what is no policy stands what nobody can mean, of each field that is right in itself. */
function check(
  schema: z.ZodType<Policy>,
  document: Readonly<Record<string, unknown>>,
  version: 1 | 2,
): PolicyValidation {
  const result = schema.safeParse(document);
  if (result.success) return { ok: true, policy: result.data, version };
  const errors = result.error.issues.flatMap((issue) => describeIssue(issue, version));
  return refuse([...new Set([...errors, ...mistakesInSound(document)])]);
}

function refuse(errors: string[]): PolicyValidation {
  return { ok: false, errors: firstOf(errors, 'errors') };
}

function describeIssue(issue: z.core.$ZodIssue, version: 1 | 2): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${showPath(issue.path)}: ${issue.message}`];
  const place = issue.path.length > 0 ? 'rule' : version;
  return issue.keys.map((key) => `${showPath([...issue.path, key])}: ${unknownKey(key, place)}`);
}
