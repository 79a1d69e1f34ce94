import { isUtf8 } from 'node:buffer';
import { AppError } from '@aegis/kit/errors';
import { MAX_DEPTH, MAX_SENT_ITEMS, parseStrictJson, whyNotJson } from '@aegis/kit/json';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The largest body taken, in bytes, where it carries no call; one byte over is refused. */
export const BODY_LIMIT = 1024 * 1024;

/**
 * @throws AppError `payload_too_large` where it has more than `maxItems` members and elements in all, `invalid_json` where
 * it is not JSON in UTF-8, `invalid_request` where two readers could differ on it
 */
export function readJsonBody(body: Buffer, maxItems: number = MAX_SENT_ITEMS): unknown {
  if (!isUtf8(body)) throw new AppError('invalid_json', 'The body is not UTF-8.');
  const text = body.toString('utf8');
  if (text.trim() === '') throw new AppError('invalid_json', 'The body is empty: send a JSON object.');
  return parseStrictJson(text, MAX_DEPTH, maxItems);
}

/** Takes `application/json` and no other type: a page elsewhere can't send it without asking first. */
export function acceptJson(
  app: Pick<FastifyInstance, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  read: (request: FastifyRequest, body: Buffer) => unknown,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request: FastifyRequest, body: Buffer, done) => {
      let value: unknown;
      try {
        const because = whyNotJson(request.headers);
        if (because !== undefined) throw new AppError('unsupported_media_type', because);
        value = read(request, body);
      } catch (thrown) {
        return done(thrown as Error);
      }
      // What is read at once goes on at once: a promise for each small body costs as much as reading it.
      return value instanceof Promise ? value : done(null, value);
    },
  );
}
