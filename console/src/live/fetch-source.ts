import type { Source } from './event-stream.ts';

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];

type Listener = Parameters<Source['addEventListener']>[1];

/** The blocks of a stream as the gateway writes it: each line ends with a line feed alone. */
function eventOf(block: string): { type: string; data: string } | undefined {
  const lines = block.split('\n');
  const of = (field: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${field}: `) ? [line.slice(field.length + 2)] : []));
  const [type] = of('event');
  return type === undefined ? undefined : { type, data: of('data').join('\n') };
}

/**
 * A stream of events that carries headers, as the browser's `EventSource` does not: the page's half of a session would stand
 * in an address. It ends where the connection does.
 */
export function openSource(url: string, headers: Readonly<Record<string, string>>): Source {
  const listeners = new Map<string, Listener>();
  const left = new AbortController();
  let state = CONNECTING;
  const tell = (type: string, event: { data?: unknown } = {}): void => listeners.get(type)?.(event);

  async function follow(): Promise<void> {
    const init = { cache: 'no-store', credentials: 'same-origin', redirect: 'error' } as const;
    const response = await fetch(url, {
      ...init,
      headers: { accept: 'text/event-stream', ...headers },
      signal: left.signal,
    });
    if (!response.ok || response.body === null) return;
    state = OPEN;
    tell('open');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (rest + part.value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const event of blocks.map(eventOf)) if (event !== undefined) tell(event.type, event);
    }
  }

  const end = (): void => {
    if (state === CLOSED) return;
    state = CLOSED;
    tell('error');
  };
  // The caller listens first.
  queueMicrotask(() => void follow().then(end, end));
  return {
    get readyState() {
      return state;
    },
    addEventListener: (type, listener) => void listeners.set(type, listener),
    close() {
      state = CLOSED;
      left.abort();
    },
  };
}
