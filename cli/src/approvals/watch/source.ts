import { setTimeout as sleep } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { CliError } from '../../cli-error.ts';
import { askAsReader, readerKey } from '../../gateway/ask-as-reader.ts';
import { addressOf, USER_AGENT } from '../../gateway/client.ts';
import type { Host } from '../../host.ts';
import { itemOfEvent, itemsOfPage, WatchItem, WatchPage } from './item.ts';

export type Connection = 'connecting' | 'live' | 'lost';

/** What somebody who watches is told. */
export type Watcher = {
  /** All that waits, after each connection. */
  items(items: WatchItem[]): void;
  /** One changed. */
  changed(item: WatchItem): void;
  connection(is: Connection): void;
};

const PAGE = 500;
const AGAIN_AFTER_MS = 1_000;
/** The gateway says something every 15 seconds. */
const SILENT_FOR_MS = 45_000;

async function waiting(host: Host, base: URL): Promise<WatchItem[]> {
  const items: WatchItem[] = [];
  for (let before: string | undefined; ; ) {
    const query = { status: 'pending', limit: PAGE, before };
    const page = await askAsReader(host, base, { method: 'GET', path: 'approvals', query }, WatchPage);
    items.push(...itemsOfPage(page));
    if (!page.next || page.next === before) return items;
    before = page.next;
  }
}

/** An event has large arguments by reference alone, and who decides has to see them. */
async function wholeOf(host: Host, base: URL, item: WatchItem): Promise<WatchItem> {
  if (item['args_body'] === undefined && item['input_body'] === undefined) return item;
  try {
    const { args, input } = await askAsReader(
      host,
      base,
      { method: 'GET', path: `approvals/${item.approval_id}` },
      WatchItem,
    );
    return { ...item, args, input };
  } catch (thrown) {
    return { ...item, unreadable: thrown instanceof CliError ? thrown.problem.detail : String(thrown) };
  }
}

/** Calls back when the stream goes silent: a connection that is gone without a word. */
function createSilence(signal: AbortSignal) {
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENT_FOR_MS);
  };
  heard();
  return {
    signal: AbortSignal.any([signal, silent.signal]),
    listener: new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        heard();
        out.enqueue(chunk);
      },
    }),
    end: () => clearTimeout(timer),
  };
}

/**
 * One connection, until it ends: first the stream, then the list, then what the stream had meanwhile, in the log's order.
 * So nothing is missed in between, and whatever came twice ends as it is.
 */
async function connectOnce(host: Host, base: URL, watcher: Watcher, signal: AbortSignal): Promise<void> {
  const silence = createSilence(signal);
  try {
    const response = await fetch(addressOf(base, { path: 'events', query: { types: 'approval' } }), {
      headers: {
        accept: 'text/event-stream',
        'user-agent': USER_AGENT,
        ...(await readerKey(host, base)),
      },
      redirect: 'error',
      signal: silence.signal,
    });
    if (response.body === null || response.status !== 200) throw new Error(`HTTP ${response.status}`);
    watcher.items(await waiting(host, base));
    watcher.connection('live');
    const events = response.body
      .pipeThrough(silence.listener)
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) {
      const item = itemOfEvent(data);
      if (item) watcher.changed(await wholeOf(host, base, item));
    }
  } finally {
    silence.end();
  }
}

/** Where the gateway is now. One that was started anew may be elsewhere, and where it was anybody may listen. */
export type FindGateway = () => Promise<URL>;

/**
 * Tells a watcher what waits and what changes until it is aborted, and comes back after each lost connection.
 * @throws CliError where the gateway is not reached in the first place
 */
export async function followApprovals(
  host: Host,
  find: FindGateway,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  // What is not reached at all is said at once, in the words of every other command.
  await waiting(host, await find());
  for (; !signal.aborted; ) {
    await find()
      .then((base) => connectOnce(host, base, watcher, signal))
      .catch(() => undefined);
    if (signal.aborted) return;
    watcher.connection('lost');
    await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
  }
}
