import type { OpenedView, SessionView } from '@aegis/contracts/console';
import { createClient } from '../api/client.ts';
import { asFault, type Fault } from '../api/fault.ts';
import { setClock } from '../live/clock.svelte.ts';
import { pageToken } from './page-token.ts';

type State =
  | { kind: 'asking' }
  | { kind: 'out'; because: string }
  | { kind: 'in'; session: SessionView }
  | { kind: 'fault'; fault: Fault };

let state = $state.raw<State>({ kind: 'asking' });
/** This tab's own: what is on its screen was shown to this session, and to no other one that a tab may have opened since. */
let half: string | undefined;

const enter = (session: SessionView): void => {
  setClock(session.now);
  state = { kind: 'in', session };
};
const leave = (because = ''): void => {
  pageToken.forget(half);
  half = undefined;
  state = { kind: 'out', because };
};

/** Every request of the console goes through here. */
export const client = createClient({
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  fetch: (input, init) => fetch(input, init),
  pageToken: () => half,
  onSignedOut: ({ message }, token) => {
    // A late answer to the session before this one ends nothing.
    if (token === half) leave(message);
  },
});

/** Who is signed in, by the half that this browser keeps. */
async function load(): Promise<void> {
  // Who it is may be somebody else by now: what was drawn for the one before is drawn anew.
  state = { kind: 'asking' };
  half = pageToken.read();
  if (half === undefined) {
    leave();
    return;
  }
  const asked = half;
  try {
    const view = await client.get<SessionView>('session');
    if (asked === half) enter(view);
  } catch (thrown) {
    if (asked !== half) return;
    const fault = asFault(thrown);
    if (fault.status === 401) leave(fault.message);
    else state = { kind: 'fault', fault };
  }
}

export const session = {
  get state(): State {
    return state;
  },
  load,
  /** Follows sign-ins and sign-outs of other tabs; returns what ends it. */
  follow: () => pageToken.onChange(() => void load()),
  /** @throws Fault where the secret is not right, or was tried too often */
  async signIn(secret: string): Promise<void> {
    const { page_token, ...view } = await client.post<OpenedView>('session', { secret });
    half = page_token;
    pageToken.keep(page_token);
    enter(view);
  },
  async signOut(): Promise<void> {
    try {
      await client.post('session/end', {});
      leave();
    } catch {
      // Still signed in, or not: the server knows.
      await load();
    }
  },
};
