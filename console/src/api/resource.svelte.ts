import { untrack } from 'svelte';
import { asFault, type Fault } from './fault.ts';

export type Resource<T> = {
  readonly data: T | undefined;
  /** Why the last try came to nothing; the data of the one before stays. */
  readonly fault: Fault | undefined;
  /** Asks again; where a question is under way already, once more after it. */
  reload(): Promise<void>;
  stop(): void;
};

/** What a view shows of the server, and the state of asking for it. */
export function createResource<T>(load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  let data = $state.raw<T | undefined>();
  let fault = $state.raw<Fault | undefined>();
  let isAsking = false;
  let again = false;
  const abort = new AbortController();

  async function reload(): Promise<void> {
    if (isAsking) {
      again = true;
      return;
    }
    isAsking = true;
    try {
      // An effect that asks must not be run again by what the question reads.
      const loaded = await untrack(() => load(abort.signal));
      if (abort.signal.aborted) return;
      data = loaded;
      fault = undefined;
    } catch (thrown) {
      if (!abort.signal.aborted) fault = asFault(thrown);
    }
    isAsking = false;
    if (!again || abort.signal.aborted) return;
    again = false;
    await reload();
  }

  return {
    get data() {
      return data;
    },
    get fault() {
      return fault;
    },
    reload,
    stop: () => abort.abort(),
  };
}
