import type { Call } from '@aegis/contracts/call';
import { LEAST_GRANT_MINUTES, MOST_GRANT_MINUTES } from '@aegis/contracts/grant-minutes';
import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { cents, money } from '../text/money.ts';

export type Choice = 'equals' | 'starts_with' | 'at_most' | 'any';
/** One argument in the form, as a person has filled it in. */
export type ArgumentDraft = {
  name: string;
  value: unknown;
  choice: Choice;
  startsWith: string;
  atMost: string;
};
export type Draft = { minutes: string; maxAmount: string; args: ArgumentDraft[] };

/** What is wrong with a form, field by field; none where it is right. */
export type Problems = Record<string, string>;

/** The form for one call: at first, exactly this call, for half an hour. */
export function draftOf(call: Call): Draft {
  return {
    minutes: '30',
    maxAmount: call.amount_cents === undefined ? '' : money(call.amount_cents),
    args: Object.entries(call.args ?? {}).map(([name, value]) => ({
      name,
      value,
      choice: 'equals',
      startsWith: typeof value === 'string' ? value.slice(0, 4096) : '',
      atMost: typeof value === 'number' ? String(value) : '',
    })),
  };
}

/** What may be said of a value of this kind. */
export function choicesFor(value: unknown): Choice[] {
  if (typeof value === 'string') return ['equals', 'starts_with', 'any'];
  return typeof value === 'number' ? ['equals', 'at_most', 'any'] : ['equals', 'any'];
}

function patternOf(arg: ArgumentDraft, problems: Problems): ArgumentPattern {
  if (arg.choice === 'any') return { any: true };
  if (arg.choice === 'starts_with') {
    if (arg.startsWith === '') problems[`arg:${arg.name}`] = 'Write what it starts with, or choose anything.';
    else if (typeof arg.value === 'string' && !arg.value.startsWith(arg.startsWith)) {
      problems[`arg:${arg.name}`] = 'This very call does not start so.';
    }
    return { starts_with: arg.startsWith };
  }
  if (arg.choice === 'at_most') {
    const most = Number(arg.atMost);
    if (arg.atMost.trim() === '' || !Number.isFinite(most)) problems[`arg:${arg.name}`] = 'Write a number.';
    else if (typeof arg.value === 'number' && arg.value > most) {
      problems[`arg:${arg.name}`] = 'This very call has more.';
    }
    return { at_most: most };
  }
  return { equals: arg.value };
}

function maxAmount(call: Call, text: string, problems: Problems): Pick<CallPattern, 'max_amount_cents'> {
  if (call.amount_cents === undefined) return {};
  const most = cents(text);
  if (most === undefined || !Number.isSafeInteger(most))
    problems.maxAmount = 'Write an amount such as 125.00.';
  else if (most < call.amount_cents) problems.maxAmount = 'This very call has more.';
  return { max_amount_cents: most ?? call.amount_cents };
}

/** The form as what is sent, and what is wrong with it. A pattern that does not cover its own call is wrong. */
export function patternFrom(
  call: Call,
  draft: Draft,
): { pattern: CallPattern; minutes: number; problems: Problems } {
  const problems: Problems = {};
  const minutes = Number(draft.minutes);
  if (!Number.isInteger(minutes) || minutes < LEAST_GRANT_MINUTES || minutes > MOST_GRANT_MINUTES) {
    problems.minutes = `Write a whole number of minutes from ${LEAST_GRANT_MINUTES} to ${MOST_GRANT_MINUTES}.`;
  }
  const { tool, server, definition_digest, op, input } = call;
  const pattern: CallPattern = {
    tool,
    server,
    definition_digest,
    op,
    ...maxAmount(call, draft.maxAmount, problems),
    ...(call.args === undefined
      ? {}
      : { args: Object.fromEntries(draft.args.map((arg) => [arg.name, patternOf(arg, problems)])) }),
    ...(input === undefined ? {} : { input }),
  };
  return { pattern, minutes, problems };
}
