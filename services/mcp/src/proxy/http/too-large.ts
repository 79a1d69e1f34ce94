import { MAX_LINE_BYTES } from '@aegis/firewall/wire';

/**
 * What a server sent has more bytes than a message may have; the message is a part of a sentence. So many `came`, of so many
 * in `all`, where it said how many these are.
 */
export class TooLarge extends Error {
  constructor(came: number, all?: number) {
    const size = all === undefined ? `${came} came before it was cut off` : `it has ${all}`;
    super(`its answer is larger than ${MAX_LINE_BYTES} bytes, the most that one may have: ${size}`);
  }
}
