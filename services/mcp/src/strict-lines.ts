import { Transform } from 'node:stream';
import { INVALID_REQUEST } from '@modelcontextprotocol/server';
import { isJsonRpc, MAX_MESSAGE_BYTES, type Refusal, readStrictly, refuse } from './strict-message.ts';

const NEWLINE = 0x0a;
const TOO_LARGE = refuse(INVALID_REQUEST, `A message may have at most ${MAX_MESSAGE_BYTES} bytes.`);
const NOT_JSON_RPC = 'Each line must be one JSON-RPC 2.0 message.';

export type StrictLinesOptions = {
  /** Called with each message that passes. */
  readonly accepted: (message: unknown) => void;
  readonly refused: (refusal: Refusal) => void;
  /** Awaited before the end is passed on; never rejects. */
  readonly ending: () => Promise<void>;
};

/** Collects the bytes of one line at a time; of a line that is too large nothing is kept. */
function createSplitter(line: (bytes: Buffer) => void, tooLarge: () => void) {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (bytes: Buffer): void => {
    size += bytes.length;
    if (size > MAX_MESSAGE_BYTES) parts = [];
    else parts.push(bytes);
  };
  const end = (): void => {
    if (size > MAX_MESSAGE_BYTES) tooLarge();
    else line(Buffer.concat(parts));
    parts = [];
    size = 0;
  };
  return {
    write(chunk: Buffer): void {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        add(chunk.subarray(from, at));
        end();
        from = at + 1;
      }
      add(chunk.subarray(from));
    },
    end,
  };
}

/**
 * Stands in front of the SDK's stdio transport, which would skip a line that it can't parse and leave the caller
 * waiting: lines that are read strictly go through byte for byte, others are refused.
 */
export function createStrictLines({ accepted, refused, ending }: StrictLinesOptions): Transform {
  const pass = (bytes: Buffer): void => {
    if (bytes.toString('latin1').trim() === '') return;
    const read = readStrictly(bytes);
    if ('refusal' in read) return refused(read.refusal);
    if (!isJsonRpc(read.message)) return refused(refuse(INVALID_REQUEST, NOT_JSON_RPC));
    accepted(read.message);
    lines.push(Buffer.concat([bytes, Buffer.of(NEWLINE)]));
  };
  const splitter = createSplitter(pass, () => refused(TOO_LARGE));
  const end = async (done: () => void): Promise<void> => {
    await ending();
    done();
  };
  const lines = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      splitter.write(chunk);
      done();
    },
    flush(done) {
      splitter.end();
      void end(done);
    },
  });
  return lines;
}
