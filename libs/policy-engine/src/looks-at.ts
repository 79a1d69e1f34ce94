import type { Field, NamedField } from './condition/field.ts';
import type { PolicyRule, PolicyV1, PolicyV2 } from './schema.ts';

/** What of a call a policy's answer may depend on, beside the tool, its server, the time, and a stated op and amount. */
export interface LooksAt {
  /** Another caller may get another answer. */
  readonly caller: boolean;
  /** Other arguments may get another answer. */
  readonly arguments: boolean;
}

const NOTHING: LooksAt = { caller: false, arguments: false };
const CALLER: LooksAt = { caller: true, arguments: false };
const ARGUMENTS: LooksAt = { caller: false, arguments: true };
const EVERYTHING: LooksAt = { caller: true, arguments: true };

/** Of every key of a rule, so that one that joins the schema says what it looks at before it compiles. */
export const OF_RULE: Readonly<Record<keyof PolicyRule, LooksAt>> = {
  match: NOTHING,
  decision: NOTHING,
  cap_cents: NOTHING,
  ops: NOTHING,
  servers: NOTHING,
  principals: CALLER,
  amount: ARGUMENTS,
  op: ARGUMENTS,
  currency: ARGUMENTS,
  currency_from: ARGUMENTS,
  // Whatever it names: rather too often than too seldom. What it looks at beside them is said by its fields.
  when: ARGUMENTS,
  approvers: NOTHING,
  quorum: NOTHING,
  expires_in: NOTHING,
  use_within: NOTHING,
  require_reason: NOTHING,
  reason: NOTHING,
  description: NOTHING,
};

/** Of every field that a condition may name. Where a rule takes op and amount from is said by its own keys. */
const OF_FIELD: Readonly<Record<NamedField, LooksAt>> = {
  principal: CALLER,
  'client.name': CALLER,
  'client.version': CALLER,
  server: NOTHING,
  tool: NOTHING,
  op: NOTHING,
  amount_cents: NOTHING,
  'time.hour': NOTHING,
  'time.weekday': NOTHING,
};

/** Of every key of a version 2 policy. */
export const OF_V2: Readonly<Record<keyof PolicyV2, LooksAt | 'each rule'>> = {
  version: NOTHING,
  timezone: NOTHING,
  rules: 'each rule',
};

/** Of every key of a version 1 policy: its caps are for a stated op and amount. */
export const OF_V1: Readonly<Record<keyof PolicyV1, LooksAt>> = {
  version: NOTHING,
  max_refund_cents: NOTHING,
  max_payment_link_cents: NOTHING,
  allow_tools: NOTHING,
  deny_tools: NOTHING,
};

/** What one rule looks at; `fields` are those that its condition names. */
export function looksOfRule(rule: PolicyRule, fields: readonly Field[]): LooksAt {
  return together([...looksOfKeys(rule, OF_RULE), ...fields.map(looksOfField)]);
}

export function looksOfV1(policy: PolicyV1): LooksAt {
  return together(looksOfKeys(policy, OF_V1));
}

export function looksOfV2(policy: PolicyV2, rules: readonly LooksAt[]): LooksAt {
  const keys = looksOfKeys(policy, OF_V2);
  return together(keys.flatMap((looks) => (looks === 'each rule' ? rules : [looks])));
}

/** A key that nobody put into the table could look at anything. */
function looksOfKeys<T>(of: object, table: Readonly<Record<string, T>>): (T | LooksAt)[] {
  const given = Object.entries(of).filter(([, value]) => value !== undefined);
  return given.map(([key]) => (Object.hasOwn(table, key) ? table[key] : undefined) ?? EVERYTHING);
}

function looksOfField({ text, keys }: Field): LooksAt {
  return keys === undefined ? OF_FIELD[text as NamedField] : ARGUMENTS;
}

function together(all: readonly LooksAt[]): LooksAt {
  return {
    caller: all.some(({ caller }) => caller),
    arguments: all.some((looks) => looks.arguments),
  };
}
