/** A clock that only goes forward, set by the times that were seen. */
export class LatestTime {
  #newestMs = 0;
  #seenAt = 0;

  saw(ms: number): void {
    if (ms <= this.#newestMs) return;
    this.#newestMs = ms;
    this.#seenAt = performance.now();
  }

  /**
   * The earliest that it can be now, in milliseconds since the epoch: the newest time and what passed since it was seen.
   * A clock that went back is not believed, and one that once ran ahead does not stop time.
   */
  get earliestNowMs(): number {
    return this.#newestMs + (performance.now() - this.#seenAt);
  }
}
