import type { BodyRef } from '@aegis/contracts/bodies';
import { digestOf } from '@aegis/kit/json';

type Members = Record<string, unknown>;
type WithArguments = {
  args?: Members | undefined;
  input?: Members | undefined;
  args_body?: BodyRef | undefined;
  input_body?: BodyRef | undefined;
};
/** What stands in the place of values. */
export type Named = {
  arg_names?: string[];
  args_digest?: string;
  input_names?: string[];
  input_digest?: string;
};

const named = (what: 'arg' | 'input', value: Members | undefined, body: BodyRef | undefined): Named => {
  const digest = what === 'arg' ? 'args_digest' : 'input_digest';
  if (value !== undefined) return { [`${what}_names`]: Object.keys(value), [digest]: digestOf(value) };
  return body === undefined ? {} : { [digest]: body.digest };
};

/** A call with the names and the digest of its arguments in their place, and of what else its server gets. */
export function withoutValues<C extends WithArguments>(call: C): Omit<C, keyof WithArguments> & Named {
  const { args, input, args_body, input_body, ...rest } = call;
  return { ...rest, ...named('arg', args, args_body), ...named('input', input, input_body) };
}
