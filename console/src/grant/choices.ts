import { asDouble, isNumber } from '@aegis/kit/numbers';
import { type TextKind, textKind } from '@aegis/kit/text';

/** What is written as a text. */
export type TextChoice = 'starts_with' | 'path_within' | 'url_within' | 'host_in' | 'email_domain_in';
export type Choice = 'equals' | TextChoice | 'range' | 'any';

export const CHOICE_WORDS: Readonly<Record<Choice, string>> = {
  equals: 'exactly',
  starts_with: 'starts with',
  path_within: 'path within',
  url_within: 'URL within',
  host_in: 'host is',
  email_domain_in: 'address at',
  range: 'from … to',
  any: 'anything',
};

/** A beginning says too little of what another reader takes apart; of a command nothing less than all of it will do. */
const OF_KIND: Readonly<Record<TextKind, readonly TextChoice[]>> = {
  url: ['url_within', 'host_in'],
  address: ['email_domain_in'],
  path: ['path_within'],
  command: [],
};

/** What may be said of an argument with this name and value, of this tool. */
export function choicesFor(name: string, value: unknown, tool: string): Choice[] {
  // The ends of a range are doubles: what is none has no range around it.
  if (isNumber(value))
    return typeof asDouble(value) === 'number' ? ['equals', 'range', 'any'] : ['equals', 'any'];
  if (typeof value !== 'string') return ['equals', 'any'];
  const kind = textKind([name], value, tool);
  return ['equals', ...(kind === undefined ? (['starts_with'] as const) : OF_KIND[kind]), 'any'];
}

/** What stands in the form at first, for each way to say it: what covers this value and little more. */
export function textsFor(value: unknown): Record<TextChoice, string> {
  const text = typeof value === 'string' ? value.slice(0, 4096) : '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return {
    starts_with: text,
    path_within: text.replace(/\/[^/]*$/, '') || text,
    url_within: text.replace(/[?#].*$/s, ''),
    host_in: url?.hostname.replace(/^\[|\]$/g, '') ?? '',
    email_domain_in: text.includes('@') ? text.slice(text.lastIndexOf('@') + 1) : '',
  };
}
