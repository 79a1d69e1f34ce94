import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 26;

/** RFC 4648 base32, lower case, without padding: the first 26 characters, 130 bits. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5 && text.length < LENGTH) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
  }
  return text;
}

/**
 * The approval's id follows from who asks, under which key and the how-manieth time, so that two replicas that are asked
 * at once make the same aggregate and compare-and-set lets one of them through.
 */
export function approvalIdFor(principal: string, dryRunId: string, generation: number): string {
  const hash = createHash('sha256').update(`${principal}\0${dryRunId}\0${generation}`).digest();
  return `apr_${base32(hash)}`;
}
