import { z } from 'zod';
import { createClock, DEFAULT_TIMEZONE, isTimezone } from './condition/clock.ts';
import { buildCondition } from './condition/condition.ts';
import { isCurrency } from './condition/facts.ts';
import { parseField } from './condition/field.ts';
import type { Condition } from './condition/mapping.ts';
import { termFields } from './terms.ts';

/** The largest amount and cap, in cents: every integer up to it is exact in JSON and in JavaScript. */
export const MAX_AMOUNT_CENTS: number = Number.MAX_SAFE_INTEGER;

export const EXPECTED_AMOUNT = `expected an integer from 0 to ${MAX_AMOUNT_CENTS}`;

/** Longer than any tool name, so that a limit on patterns takes nothing away. */
const MAX_PATTERN_LENGTH = 512;
const MAX_REASON_LENGTH = 1000;
const EXPECTED_PATTERN = `expected a pattern of 1 to ${MAX_PATTERN_LENGTH} characters`;
const EXPECTED_OPS = 'expected a list of one or more operation names';
const EXPECTED_OP = 'expected an operation name of 1 to 256 characters';
const EXPECTED_REASON = `expected text of at most ${MAX_REASON_LENGTH} characters`;
const TWO_REASONS =
  'there is a description too, and both say why the rule is there: keep reason or description';

function text(min: number, max: number, error: string | typeof expectedPattern) {
  // A lone surrogate has no UTF-8 form, so a policy that holds one could not get a digest.
  return z.string({ error }).min(min, { error }).max(max, { error }).refine(isWellFormed, { error });
}

function isWellFormed(value: string): boolean {
  return value.isWellFormed();
}

const cents = z.int(EXPECTED_AMOUNT).min(0, EXPECTED_AMOUNT);
/** What is no text was hardly meant: YAML reads more into some patterns than their authors know. */
function expectedPattern({ input }: { readonly input?: unknown }): string {
  if (input === undefined || typeof input === 'string') return EXPECTED_PATTERN;
  const because =
    input === null ? 'starts with #' : typeof input === 'object' ? 'starts with { or [' : 'is no word';
  return `${EXPECTED_PATTERN}, in quotes where it ${because}`;
}
const pattern = text(1, MAX_PATTERN_LENGTH, expectedPattern);
const EXPECTED_GLOBS = 'expected a list of one or more patterns';
const globs = z.array(pattern, EXPECTED_GLOBS).min(1, EXPECTED_GLOBS);
const reason = z.optional(text(0, MAX_REASON_LENGTH, EXPECTED_REASON));
const patterns = z.array(pattern, 'expected a list of patterns');

/** Where an argument is: `args.amount_cents`. */
const EXPECTED_ARGUMENT = 'expected an argument such as args.amount_cents';
const EXPECTED_CURRENCY_PLACE = 'expected an argument such as args.currency';
const argument = z.string(EXPECTED_ARGUMENT).refine(isArgument, EXPECTED_ARGUMENT);

function isArgument(path: string): boolean {
  const parsed = parseField(path);
  return parsed.ok && parsed.field.keys !== undefined && parsed.field.root === 'args';
}

const EXPECTED_CURRENCY = 'expected a currency of three capital letters such as EUR, or a list of them';
const currencyCode = z.string(EXPECTED_CURRENCY).refine(isCurrency, EXPECTED_CURRENCY);
const currencies = z.union(
  [currencyCode, z.array(currencyCode).min(1, EXPECTED_CURRENCY)],
  EXPECTED_CURRENCY,
);
const currencyPlace = z.string(EXPECTED_CURRENCY_PLACE).refine(isArgument, EXPECTED_CURRENCY_PLACE);

/** The time zone changes nothing about what a condition may say, so any will do to check it. */
const anyClock = createClock(DEFAULT_TIMEZONE);

const condition: z.ZodType<Condition> = z.custom<Condition>().superRefine((document, context) => {
  const built = buildCondition(document, anyClock);
  if (built.ok) return;
  for (const { path, message } of built.faults) {
    context.addIssue({ code: 'custom', path: [...path], message, input: document });
  }
});

const EXPECTED_TIMEZONE = 'expected the name of a time zone, such as Europe/Berlin or UTC';
const timezone = z.string(EXPECTED_TIMEZONE).refine(isTimezone, EXPECTED_TIMEZONE);

/** Version 1 of the policy: two caps and two lists of globs. Every key may be left out. */
export const PolicyV1 = z.strictObject({
  version: z.optional(z.literal(1)),
  max_refund_cents: z.optional(cents),
  max_payment_link_cents: z.optional(cents),
  allow_tools: z.optional(patterns),
  deny_tools: z.optional(patterns),
});
export type PolicyV1 = z.infer<typeof PolicyV1>;

/**
 * One rule of version 2. `cap_cents` bounds what an `allow` rule allows; the other decisions don't use it. `amount` and
 * `op` say which arguments they are taken from, instead of from what the caller states. With `currency` the rule is for
 * amounts in these alone, as `currency_from` has it. The terms say who decides where the call goes to a person; with `deny`
 * they mean nothing. `description` is another name of `reason`.
 */
export const PolicyRule = z
  .strictObject(
    {
      match: pattern,
      decision: z.enum(['allow', 'review', 'deny'], 'expected one of allow, review, deny'),
      cap_cents: z.optional(cents),
      ops: z.optional(z.array(text(1, 256, EXPECTED_OP), EXPECTED_OPS).min(1, EXPECTED_OPS)),
      servers: z.optional(globs),
      principals: z.optional(globs),
      amount: z.optional(argument),
      op: z.optional(argument),
      currency: z.optional(currencies),
      currency_from: z.optional(currencyPlace),
      when: z.optional(condition),
      ...termFields,
      reason,
      description: reason,
    },
    'expected a rule with match and decision',
  )
  .refine((rule) => rule.reason === undefined || rule.description === undefined, {
    path: ['reason'],
    error: TWO_REASONS,
    // Also beside other errors: whoever mends a policy hears all at once.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });
export type PolicyRule = z.infer<typeof PolicyRule>;

/** Version 2 of the policy: rules from the top down, the first that matches decides. */
export const PolicyV2 = z.strictObject({
  version: z.literal(2),
  /** Of `time.hour` and `time.weekday`; UTC where it is left out. */
  timezone: z.optional(timezone),
  rules: z.array(PolicyRule, 'expected a list of rules'),
});
export type PolicyV2 = z.infer<typeof PolicyV2>;

export type Policy = PolicyV1 | PolicyV2;
