import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** A server's answer: what it says of itself, and its body as it comes. */
export type Reply = Readable & Pick<IncomingMessage, 'statusCode' | 'headers'>;

/** RFC 9110, section 8.4.1, and RFC 7932. */
const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What a decoder fails with, where the body is not what its encoding says, or is cut off. */
export const isUndecodable = (code: string): boolean => /^(?:Z_|ERR__?ERROR_|ERR_PADDING)/.test(code);

/**
 * An answer that its server compressed, though it was asked not to, as it was before. No more of it is decoded than somebody
 * reads: a small body that becomes a large one is bounded by who reads it. Other encodings, and two at once, stay as they
 * are.
 */
export function decoded(reply: IncomingMessage): Reply {
  const { 'content-encoding': encoding = '', 'content-length': _, ...headers } = reply.headers;
  const name = encoding.trim().toLowerCase();
  const create = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  if (create === undefined) return reply;
  const body = pipeline(reply, create(), () => undefined);
  return Object.assign(body, { statusCode: reply.statusCode, headers });
}
