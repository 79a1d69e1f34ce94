import type { Call } from '@aegis/contracts/call';
import { callDigest } from '@aegis/contracts/call-digest';
import { membersOf } from '@aegis/kit/json';
import type { Request } from '../../wire/message.ts';
import { removeMember, replaceValue, setMember, spanOf } from '../../wire/splice.ts';
import { isOurs, type RequestState, type Seal } from './request-state.ts';

/** The key of our own question among those that an unfinished result asks. */
export const APPROVAL_KEY = 'aegis_approval';

/** What a client brought back of ours: the request without it, and what it says where it belongs to this very call. */
export type Returned = {
  readonly text: string;
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

function restored(
  text: string,
  state: RequestState | undefined,
  responses: Readonly<Record<string, unknown>>,
): string {
  const back = state?.upstream_state;
  const withState = back === undefined ? removeMember(text, STATE) : replaceValue(text, STATE, back);
  if (state?.type === 'asked' && state.upstream_responses !== undefined) {
    return setMember(withState, ['params'], 'inputResponses', state.upstream_responses);
  }
  return withoutOurAnswer(withState, responses);
}

/**
 * Reads what of ours a request brings back, and puts what belongs to the upstream back in its place, by splicing. A state
 * that can't be opened, is too old, or was returned for another call, principal or server is as if there were none.
 */
export function readReturned(seal: Seal, request: Request, call: Call, server: string, now: Date): Returned {
  const { text, params } = request;
  const sealed = params?.['requestState'];
  if (!isOurs(sealed)) return { text, state: undefined, action: undefined };
  const opened = seal.open(sealed, now);
  const isThis =
    opened?.principal === call.principal &&
    opened.server === server &&
    opened.call_digest === callDigest(call);
  const state = isThis ? opened : undefined;
  const responses = membersOf(params?.['inputResponses']);
  const { action } = membersOf(responses[APPROVAL_KEY]);
  return { text: restored(text, state, responses), state, action };
}

/** What a request brings for the upstream, as it is written, so that it can be kept while a person is asked. */
export function broughtForUpstream({ text, params }: Request): {
  upstream_state?: string;
  upstream_responses?: string;
} {
  const written = (path: readonly string[]): string | undefined => {
    const span = spanOf(text, path);
    return span && text.slice(span.start, span.end);
  };
  if (params === undefined || isOurs(params['requestState'])) return {};
  return { upstream_state: written(STATE), upstream_responses: written(RESPONSES) };
}
