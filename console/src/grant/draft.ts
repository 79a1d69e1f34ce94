import type { Call } from '@aegis/contracts/call';
import { LEAST_GRANT_MINUTES, MOST_GRANT_MINUTES } from '@aegis/contracts/grant-minutes';
import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { asDouble, isNumber as isWritten } from '@aegis/kit/numbers';
import { cents, money } from '../text/money.ts';
import { type Choice, type TextChoice, textsFor } from './choices.ts';

/** One argument in the form, as a person has filled it in. */
export type ArgumentDraft = {
  name: string;
  value: unknown;
  choice: Choice;
  texts: Record<TextChoice, string>;
  atLeast: string;
  atMost: string;
};
export type Draft = { minutes: string; maxAmount: string; args: ArgumentDraft[] };

/** What is wrong with a form, field by field; none where it is right. */
export type Problems = Record<string, string>;

/** The number that a value is, where a double holds it. */
function doubleOf(value: unknown): number | undefined {
  const number = isWritten(value) ? asDouble(value) : undefined;
  return typeof number === 'number' ? number : undefined;
}

/** The form for one call: at first, exactly this call, for half an hour. */
export function draftOf(call: Call): Draft {
  return {
    minutes: '30',
    maxAmount: call.amount_cents === undefined ? '' : money(call.amount_cents),
    args: Object.entries(call.args ?? {}).map(([name, value]) => {
      const number = doubleOf(value);
      return {
        name,
        value,
        choice: 'equals',
        texts: textsFor(value),
        atLeast: number === undefined ? '' : String(Math.min(0, number)),
        atMost: number === undefined ? '' : String(number),
      };
    }),
  };
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

function rangeOf(arg: ArgumentDraft, problems: Problems): ArgumentPattern {
  const [least, most] = [Number(arg.atLeast), Number(arg.atMost)];
  const value = doubleOf(arg.value);
  if (!isNumber(arg.atLeast) || !isNumber(arg.atMost)) problems[`arg:${arg.name}`] = 'Write two numbers.';
  else if (value !== undefined && (value < least || value > most)) {
    problems[`arg:${arg.name}`] = 'This very call is not between them.';
  }
  return { at_least: least, at_most: most };
}

/** Whether a path, a URL and so on is there is the service's to say: it reads them as the policy does. */
function patternOf(arg: ArgumentDraft, problems: Problems): ArgumentPattern {
  const { choice, name, value } = arg;
  if (choice === 'any') return { any: true };
  if (choice === 'equals') return { equals: value };
  if (choice === 'range') return rangeOf(arg, problems);
  const text = arg.texts[choice];
  if (text === '') problems[`arg:${name}`] = 'Write what it is, or choose anything.';
  else if (choice === 'starts_with' && typeof value === 'string' && !value.startsWith(text)) {
    problems[`arg:${name}`] = 'This very call does not start so.';
  }
  return { [choice]: text } as ArgumentPattern;
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
