import { MAX_LINE_BYTES } from '@aegis/firewall/wire';

/** What a server sent is more than is kept of an answer; the message is a part of a sentence. */
export class TooLarge extends Error {}

/** So many bytes `came`, of so many in `all`, where it said how many these are. */
export function tooManyBytes(came: number, all?: number): TooLarge {
  const size = all === undefined ? `${came} came before it was cut off` : `it has ${all}`;
  return new TooLarge(
    `its answer is larger than ${MAX_LINE_BYTES} bytes, the most that one may have: ${size}`,
  );
}
