import { type Readable, readAt } from './backward.ts';

const LF = 0x0a;
/** Below this much, reading on is as quick as looking. */
const NEAR_BYTES = 64 * 1024;
/** Longer than any line of the audit file. */
const STEP_BYTES = 64 * 1024;
const SEQ = /^\{"seq":(\d+),/;

/** The first line that starts after `position`, or undefined where none does in one step. */
async function lineAfter(file: Readable, position: number): Promise<{ at: number; seq: number } | undefined> {
  const bytes = await readAt(file, position, STEP_BYTES);
  const newline = bytes.indexOf(LF);
  if (newline === -1) return undefined;
  const at = position + newline + 1;
  const match = SEQ.exec((await readAt(file, at, 32)).toString('latin1'));
  return match ? { at, seq: Number(match[1]) } : undefined;
}

/**
 * An offset at or shortly after the start of line `seq`, at the start of a line: where to read backward from for the
 * lines below `seq`. By bisection, because the sequences in a file only rise.
 */
export async function seekSeq(file: Readable, length: number, seq: number): Promise<number> {
  let low = 0;
  let high = length;
  while (high - low > NEAR_BYTES) {
    const line = await lineAfter(file, Math.floor((low + high) / 2));
    if (line === undefined || line.at >= high) break;
    if (line.seq < seq) low = line.at;
    else high = line.at;
  }
  return high;
}
