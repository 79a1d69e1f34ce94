const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const CLOSED = 2;

/** What is used of an `EventSource`. */
export type Source = {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
};

export type StreamOptions = {
  open: () => Source;
  types: readonly string[];
  onEvent: (data: string) => void;
  onUp: () => void;
  onDown: () => void;
};

/**
 * A stream of events that comes back. A browser tries again by itself after a lost connection, but not after an answer that
 * is an error (https://html.spec.whatwg.org/multipage/server-sent-events.html): that is done here, with growing pauses.
 */
export function createEventStream(options: StreamOptions): { open(): void; close(): void } {
  let source: Source | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;

  const connect = (): void => {
    const mine = options.open();
    source = mine;
    const on = (type: string, listener: (data: unknown) => void): void =>
      mine.addEventListener(type, ({ data }) => {
        if (source === mine) listener(data);
      });
    on('open', () => {
      waitMs = FIRST_WAIT_MS;
      options.onUp();
    });
    on('error', () => {
      options.onDown();
      if (mine.readyState !== CLOSED) return;
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
    for (const type of options.types) on(type, (data) => options.onEvent(String(data)));
  };

  return {
    open() {
      if (source === undefined) connect();
    },
    close() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    },
  };
}
