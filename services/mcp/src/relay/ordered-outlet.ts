/** A place in the order of what goes to the server. */
export type Place = {
  /** What goes here once all before it has gone; undefined for nothing. Only the first call counts. */
  fill(bytes: Uint8Array | undefined): void;
  /** What came after no longer waits for this; filled later, it goes at once. */
  leave(): void;
};

type Entry = { bytes: Uint8Array | undefined; isFilled: boolean; isIn: boolean };

/**
 * Keeps messages in the order in which they came, though each is judged in its own time: what is ready waits for what
 * came before it, and for nothing else.
 */
export class OrderedOutlet {
  readonly #send: (bytes: Uint8Array) => void;
  #entries: Entry[] = [];
  #waitingBytes = 0;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  /** Bytes that are ready and wait for what came before them. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Sends bytes in their turn. */
  push(bytes: Uint8Array): void {
    if (this.#entries.length === 0) this.#send(bytes);
    else {
      this.#entries.push({ bytes, isFilled: true, isIn: true });
      this.#waitingBytes += bytes.length;
    }
  }

  /** Takes the next place, to be filled later. */
  take(): Place {
    const entry: Entry = { bytes: undefined, isFilled: false, isIn: true };
    this.#entries.push(entry);
    return {
      fill: (bytes) => this.#fill(entry, bytes),
      leave: () => {
        if (entry.isFilled || !entry.isIn) return;
        entry.isIn = false;
        this.#flush();
      },
    };
  }

  #fill(entry: Entry, bytes: Uint8Array | undefined): void {
    if (entry.isFilled) return;
    entry.isFilled = true;
    if (!entry.isIn) {
      if (bytes !== undefined) this.#send(bytes);
      return;
    }
    entry.bytes = bytes;
    this.#waitingBytes += bytes?.length ?? 0;
    if (this.#entries[0] === entry) this.#flush();
  }

  #flush(): void {
    let done = 0;
    for (const { bytes, isFilled, isIn } of this.#entries) {
      if (isIn && !isFilled) break;
      done++;
      if (!isIn || bytes === undefined) continue;
      this.#waitingBytes -= bytes.length;
      this.#send(bytes);
    }
    this.#entries.splice(0, done);
  }
}
