// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { NoFirewall } from './find-firewall.js';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 2_000;

/**
 * @typedef {object} AwayParts
 * @property {() => Promise<void>} open finds the firewall and is let in; rejects with NoFirewall
 * @property {() => boolean} isOver whether nobody waits for the firewall any more
 * @property {(sentence: string) => void} say for people
 */

/** The way back to a firewall that is away, or that lets this agent in no more. */
export class Away {
  #parts;
  /** Why the firewall that is there lets this agent in no more. @type {string | undefined} */
  refusal;

  /** @param {AwayParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Tries until it is in, also where this agent is refused: who mends the keys lets the same agents in again. */
  async comeBack() {
    const { open, isOver, say } = this.#parts;
    this.#sayWhy();
    for (let wait = FIRST_RETRY_MS; !isOver(); wait = Math.min(2 * wait, LAST_RETRY_MS)) {
      await sleep(wait);
      try {
        await open();
        return say('The firewall is back.');
      } catch (error) {
        const wasRefused = this.refusal !== undefined;
        this.refusal = error instanceof NoFirewall && error.refused ? error.message : undefined;
        if (wasRefused !== (this.refusal !== undefined)) this.#sayWhy();
      }
    }
  }

  #sayWhy() {
    const { say } = this.#parts;
    if (this.refusal !== undefined) return say(`${this.refusal} Each call is denied until then.`);
    say('The firewall is away: each call is denied until it is back; "aegis up --background" starts it.');
  }
}
