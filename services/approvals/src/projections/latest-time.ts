/** A clock that only goes forward, set by the times that were seen. */
export class LatestTime {
  readonly #startedMs: number;
  readonly #startedAt = performance.now();
  /** What the newest time is ahead of the time that this process has run. */
  #aheadMs = Number.NEGATIVE_INFINITY;

  /** @param startedMs the clock of this machine, as this process begins */
  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  /** Something has this time now. */
  saw(ms: number): void {
    this.#aheadMs = Math.max(this.#aheadMs, ms - performance.now());
  }

  /**
   * Something of before this process had this time when the log took it, at `storedAtMs` by the log's own clock. What passed
   * between that and the start is counted where the time is ahead of the clock: so a clock that once ran ahead gives nobody
   * the time again that the firewall did not run.
   */
  read(ms: number, storedAtMs: number): void {
    const passedMs = ms > this.#startedMs ? Math.max(0, this.#startedMs - storedAtMs) : 0;
    this.#aheadMs = Math.max(this.#aheadMs, ms + passedMs - this.#startedAt);
  }

  /**
   * The earliest that it can be now, in milliseconds since the epoch: the newest time and what passed since. A clock that
   * went back is not believed, and one that once ran ahead does not stop time.
   */
  get earliestNowMs(): number {
    return this.#aheadMs + performance.now();
  }
}
