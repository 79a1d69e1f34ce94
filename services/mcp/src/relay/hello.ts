import { ServerName } from '@aegis/contracts/call';
import { RECORD_MODES } from '@aegis/firewall/gate';
import type { ServerEnd } from '@aegis/firewall/relay';
import { parseFile } from '@aegis/kit/files';
import { z } from 'zod';

const DEFAULT_HOLD_MS = 50_000;
const MAX_HOLD_MS = 3_600_000;

const MAX_FOLDERS = 16;
const MAX_PATH = 4_096;

const initialize = z.string().optional();

/** What a relay says first. */
export const RelayHello = z.discriminatedUnion('mode', [
  z.strictObject({
    mode: z.literal('wrap'),
    server: ServerName,
    hold_ms: z.int().min(0).max(MAX_HOLD_MS).default(DEFAULT_HOLD_MS),
    record: z.enum(RECORD_MODES).default('redacted'),
    show_denied: z.boolean().default(false),
    record_in_background: z.boolean().default(false),
    folders: z.array(z.string().max(MAX_PATH)).max(MAX_FOLDERS).default([]),
    initialize,
  }),
  z.strictObject({ mode: z.literal('tools'), initialize }),
]);
export type RelayHello = z.output<typeof RelayHello>;
export type WrapHello = RelayHello & { mode: 'wrap' };

const RelayServerEnd = z.strictObject({ code: z.int().nullable(), signal: z.string().max(20).nullable() });

/** A relay that does not keep to the protocol; the message is for it. */
export class ProtocolError extends Error {}

/**
 * Takes the frames in which a client ends: once that it says no more (n = 0), and then at most once that it reads no more
 * either (n = 1), which may come alone.
 *
 * @throws ProtocolError from `take`, where one is said again
 */
export function createClientEnd() {
  let saidUpTo = -1;
  return {
    get hasCome(): boolean {
      return saidUpTo >= 0;
    },
    take(n: number): void {
      if (n > 1 || n <= saidUpTo) throw new ProtocolError('The client has ended already.');
      saidUpTo = n;
    },
  };
}

function parsed<T extends z.ZodType>(schema: T, what: string, bytes: Buffer): z.output<T> {
  const read = parseFile(schema, bytes.toString('utf8'));
  if ('problem' in read) throw new ProtocolError(`The relay's ${what} is not understood: ${read.problem}.`);
  return read.file;
}

/** @throws ProtocolError */
export const readHello = (bytes: Buffer): RelayHello => parsed(RelayHello, 'hello', bytes);

/** @throws ProtocolError */
export const readServerEnd = (bytes: Buffer): ServerEnd =>
  parsed(RelayServerEnd, 'word about the end of its server', bytes);
