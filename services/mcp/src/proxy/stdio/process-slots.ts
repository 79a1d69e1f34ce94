import { Unavailable } from '../connection.ts';

/** How many processes may run at the same time. */
export class ProcessSlots {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Gives the slot's release, which counts once. @throws Unavailable where all are taken */
  take(): () => void {
    if (this.#taken >= this.#max) {
      throw new Unavailable(
        `All ${this.#max} processes for stdio servers are in use: try again later, or set MCP_MAX_PROCESSES higher.`,
      );
    }
    this.#taken++;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken--;
      isTaken = false;
    };
  }
}
