/** Events whose ids are remembered: about 10 MB, and a fraction of a second to read again at a start. */
const REMEMBERED = 50_000;

/** The ids of the newest events, and where each was first. An event has its id for itself over the whole log. */
export class SeenIds {
  readonly #places = new Map<string, number>();

  /** Where in the log an event with this id is already; undefined where this place is its first. */
  place(eventId: string, seq: number): number | undefined {
    const first = this.#places.get(eventId);
    if (first !== undefined) return first < seq ? first : undefined;
    this.#places.set(eventId, seq);
    if (this.#places.size > REMEMBERED) {
      const [oldest] = this.#places.keys();
      if (oldest !== undefined) this.#places.delete(oldest);
    }
    return undefined;
  }

  /** Takes up what is in a file, newest line first, as far as it is remembered. */
  async read(lines: AsyncIterable<{ readonly text: string }>): Promise<void> {
    const found: [eventId: string, seq: number][] = [];
    for await (const { text } of lines) {
      // A quote inside of a value is escaped: this is the member, and no word of anybody.
      const [, seq] = /^\{"seq":(\d+),/.exec(text) ?? [];
      const [, id] = /"event_id":("(?:[^"\\]|\\.)*")/.exec(text) ?? [];
      if (seq !== undefined && id !== undefined) found.push([JSON.parse(id) as string, Number(seq)]);
      if (found.length === REMEMBERED) break;
    }
    for (const [id, seq] of found.toReversed()) this.place(id, seq);
  }
}
