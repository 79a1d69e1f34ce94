import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { membersOf } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import { readClientMessage } from '../../wire/read-message.ts';
import { removeMember, replaceValue, setMember, spanOf } from '../../wire/splice.ts';
import { atFirst } from './input.ts';
import { isOurs, type RequestState, type Seal } from './request-state.ts';

/** The key of our own question among those that an unfinished result asks. */
export const APPROVAL_KEY = 'aegis_approval';

/** A request without what a client brought back of ours, and what that says. */
export type Returned = {
  /** What the upstream is to get, and so what is judged: what of the upstream's we kept is back in its place. */
  readonly request: Request;
  readonly state: RequestState | undefined;
  /** What the person at the client answered to our question: `accept`, `decline`, `cancel`. */
  readonly action: unknown;
};

const STATE = ['params', 'requestState'];
const RESPONSES = ['params', 'inputResponses'];

/** Takes our answer out of the responses, and an object that is empty after that with it. */
function withoutOurAnswer(text: string, responses: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(responses, APPROVAL_KEY)) return text;
  return Object.keys(responses).length === 1
    ? removeMember(text, RESPONSES)
    : removeMember(text, [...RESPONSES, APPROVAL_KEY]);
}

function restored({ text, params }: Request, state: RequestState | undefined): Request {
  const back = state?.upstream_state;
  const withState = back === undefined ? removeMember(text, STATE) : replaceValue(text, STATE, back);
  const whole =
    state?.type === 'asked' && state.upstream_responses !== undefined
      ? setMember(withState, ['params'], 'inputResponses', state.upstream_responses)
      : withoutOurAnswer(withState, membersOf(params?.['inputResponses']));
  // Read again: what is judged is what this text says, and not what it should say.
  const read = readClientMessage(Buffer.from(whole));
  if ('refused' in read || read.message.kind !== 'request') throw new Error('a restored request is none');
  return read.message;
}

/**
 * Reads what of ours a request brings back, and puts what belongs to the upstream back in its place, by splicing. A state
 * that can't be opened, is too old, or was returned for another principal or server is as if there were none. Whether it is
 * for this very call, {@link belongsTo} says once the call is known.
 */
export function readReturned(
  seal: Seal,
  request: Request,
  { principal, server }: { readonly principal: string; readonly server: string },
  now: Date,
): Returned {
  const { params } = request;
  const sealed = params?.['requestState'];
  if (!isOurs(sealed)) return { request, state: undefined, action: undefined };
  const opened = seal.open(sealed, now);
  const state = opened?.principal === principal && opened.server === server ? opened : undefined;
  const { action } = membersOf(membersOf(params?.['inputResponses'])[APPROVAL_KEY]);
  return { request: restored(request, state), state, action };
}

/** The same request where what it brought back of ours counts for nothing. */
export const withoutState = (request: Request): Returned => ({
  request: restored(request, undefined),
  state: undefined,
  action: undefined,
});

/** Whether a state was given for this call: the same to the last member, or a further round of the same. */
export const belongsTo = ({ type, call_digest }: RequestState, call: Call): boolean =>
  call_digest === callDigest(type === 'asked' ? call : atFirst(call));

/** What a request brings for the upstream, as it is written, so that it can be kept while a person is asked. */
export function broughtForUpstream({ text, params }: Request): {
  upstream_state?: string;
  upstream_responses?: string;
} {
  if (params === undefined) return {};
  const written = (path: readonly string[]): string | undefined => {
    const span = spanOf(text, path);
    return span && text.slice(span.start, span.end);
  };
  return { upstream_state: written(STATE), upstream_responses: written(RESPONSES) };
}
