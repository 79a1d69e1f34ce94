import { ANONYMOUS } from '@aegis/contracts/call';
import { Unavailable } from '../connection.ts';

/**
 * How many processes may run at the same time. The last quarter is for principals that have none: whoever begins many must
 * not keep the others out. Where nobody has a key all are one, and there is nobody to keep out.
 */
export class ProcessSlots {
  readonly #max: number;
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Gives the slot's release, which counts once. @throws Unavailable where there is none for this principal */
  take(principal: string): () => void {
    const own = this.#takenBy.get(principal) ?? 0;
    const kept = own === 0 || principal === ANONYMOUS ? 0 : Math.floor(this.#max / 4);
    if (this.#taken >= this.#max - kept) {
      const whose = kept === 0 ? `All ${this.#max}` : `All but the last ${kept} of ${this.#max}`;
      throw new Unavailable(
        `${whose} processes for stdio servers are in use: try again later, or set MCP_MAX_PROCESSES higher.`,
      );
    }
    this.#taken++;
    this.#takenBy.set(principal, own + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#release(principal);
      isTaken = false;
    };
  }

  #release(principal: string): void {
    this.#taken--;
    const own = (this.#takenBy.get(principal) ?? 0) - 1;
    if (own > 0) this.#takenBy.set(principal, own);
    else this.#takenBy.delete(principal);
  }
}
