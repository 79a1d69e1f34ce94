import type { SessionView } from '@aegis/contracts/console';
import { createClient } from '../api/client.ts';
import { asFault, type Fault } from '../api/fault.ts';
import { setClock } from '../live/clock.svelte.ts';

type State =
  | { kind: 'asking' }
  | { kind: 'out' }
  | { kind: 'in'; session: SessionView }
  | { kind: 'fault'; fault: Fault };

let state = $state.raw<State>({ kind: 'asking' });

const enter = (session: SessionView): void => {
  setClock(session.now);
  state = { kind: 'in', session };
};

/** Every request of the console goes through here. */
export const client = createClient({
  fetch: (input, init) => fetch(input, init),
  csrfToken: () => (state.kind === 'in' ? state.session.csrf_token : undefined),
  onSignedOut: () => {
    state = { kind: 'out' };
  },
});

/** Who is signed in. */
export const session = {
  get state(): State {
    return state;
  },
  async load(): Promise<void> {
    try {
      enter(await client.get<SessionView>('session'));
    } catch (thrown) {
      const fault = asFault(thrown);
      state = fault.status === 401 ? { kind: 'out' } : { kind: 'fault', fault };
    }
  },
  /** @throws Fault where the secret is not right, or was tried too often */
  async signIn(secret: string): Promise<void> {
    enter(await client.post<SessionView>('session', { secret }));
  },
  async signOut(): Promise<void> {
    try {
      await client.post('session/end', {});
      state = { kind: 'out' };
    } catch {
      // Still signed in, or not: the server knows.
      await session.load();
    }
  },
};
