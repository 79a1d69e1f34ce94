import { isUtf8 } from 'node:buffer';
import { INVISIBLE } from '@aegis/kit/text';
import type { Share } from '../../relay/budget.ts';
import { TooLarge, tooManyBytes } from './too-large.ts';

/** Lines of one event: each costs more than its bytes, and a message needs one. */
const MAX_EVENT_LINES = 16_384;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BYTE_ORDER_MARK = /^\uFEFF/;
const LINE_END = /\r\n|\r|\n/;
const FIELDS: ReadonlySet<string> = new Set(['data', 'event', 'id', 'retry']);

/**
 * A server-sent event: its bytes as they came, in UTF-8, and what a reader makes of them
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). `data` is undefined where a
 * reader would tell nobody: comments, empty priming events. `isPlain` where no reader could find another event in it.
 */
export type SseEvent = {
  readonly raw: Buffer;
  readonly data: string | undefined;
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  readonly isPlain: boolean;
};

function parseEvent(raw: Buffer): SseEvent {
  const data: string[] = [];
  const fields = new Map<string, string>();
  let isPlain = true;
  const written = raw.toString('utf8');
  for (const line of written.replace(BYTE_ORDER_MARK, '').split(LINE_END)) {
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    // Where some readers end a line (Python's `splitlines`), or find a name behind what they leave out.
    else if (INVISIBLE.test(line) || (name !== '' && !FIELDS.has(name))) isPlain = false;
    else if (name !== '') fields.set(name, value);
  }
  const text = data.join('\n');
  return {
    raw: isUtf8(raw) ? raw : Buffer.from(written),
    data: text === '' ? undefined : text,
    event: fields.get('event'),
    id: fields.get('id'),
    retry: fields.get('retry'),
    isPlain,
  };
}

/** Splits a stream into events without changing a byte: the raw parts joined are what came, but for an event cut short. */
export class SseSplitter {
  readonly #maxBytes: number;
  readonly #share: Share;
  #block: Buffer[] = [];
  #blockBytes = 0;
  /** First byte of the line under way; undefined where it has none yet. */
  #lineStart: number | undefined;
  #linesBefore = 0;
  #endedWithCr = false;

  /** `share`: what it keeps of the memory for what is not whole. */
  constructor(maxBytes: number, share: Share) {
    this.#maxBytes = maxBytes;
    this.#share = share;
  }

  /** The events that are whole with this chunk. @throws TooLarge */
  push(chunk: Buffer): SseEvent[] {
    const events: SseEvent[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const c = chunk[at] as number;
      const endsCrLf = c === LF && this.#endedWithCr;
      this.#endedWithCr = c === CR;
      // The other half of a line end: what came before it is out already.
      if (endsCrLf) continue;
      if (c !== LF && c !== CR) {
        this.#lineStart ??= c;
        continue;
      }
      if (!this.#endsBlock()) continue;
      // A CR LF in one chunk stays together.
      if (c === CR && chunk[at + 1] === LF) {
        at++;
        this.#endedWithCr = false;
      }
      events.push(parseEvent(this.#take(chunk.subarray(from, at + 1))));
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
    return events;
  }

  /** A blank line ends an event; a comment at its start goes out at once, since it may be there to keep the line open. */
  #endsBlock(): boolean {
    const isBlank = this.#lineStart === undefined;
    const isComment = this.#lineStart === COLON && this.#linesBefore === 0;
    this.#lineStart = undefined;
    this.#linesBefore = isBlank || isComment ? 0 : this.#linesBefore + 1;
    if (this.#linesBefore > MAX_EVENT_LINES)
      throw new TooLarge(`an event of its answer has more than ${MAX_EVENT_LINES} lines`);
    return isBlank || isComment;
  }

  #take(last: Buffer): Buffer {
    const raw = Buffer.concat([...this.#block, last]);
    this.#block = [];
    this.#blockBytes = 0;
    this.#share.keep(0);
    return raw;
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#blockBytes += rest.length;
    if (this.#blockBytes > this.#maxBytes) throw tooManyBytes(this.#blockBytes);
    this.#share.keep(this.#blockBytes);
    this.#block.push(rest);
  }
}

type Written = Partial<Pick<SseEvent, 'data' | 'event' | 'id' | 'retry'>>;

/** An event as bytes. */
export function encodeEvent({ data, event, id, retry }: Written): Buffer {
  const lines: string[] = [];
  if (id !== undefined) lines.push(`id: ${id}`);
  if (event !== undefined) lines.push(`event: ${event}`);
  if (retry !== undefined) lines.push(`retry: ${retry}`);
  if (data !== undefined) lines.push(...data.split(LINE_END).map((line) => `data: ${line}`));
  return Buffer.from(`${lines.join('\n')}\n\n`);
}
