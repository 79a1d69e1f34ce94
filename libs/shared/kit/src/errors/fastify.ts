import { AppError } from './app-error.ts';

/** What Fastify refuses before a route sees it (https://fastify.dev/docs/latest/Reference/Errors/), as ours. */
const OURS: Readonly<Record<string, AppError>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new AppError(
    'unsupported_media_type',
    'Send the body with Content-Type: application/json.',
  ),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new AppError(
    'invalid_json',
    'The body is not as long as its Content-Length says.',
  ),
  FST_ERR_BAD_URL: new AppError('not_found', 'The path has a broken percent-encoding.'),
  FST_STATIC_FORBIDDEN_PATH: new AppError('not_found', 'The path leads out of its folder.'),
  FST_ERR_MAX_PARAM_LENGTH: new AppError('not_found', 'A part of the path is too long.'),
};

const MIB = 1_048_576;

/** Fastify's own errors, by their codes, of a server that takes JSON of so many bytes; anything else as it was thrown. */
export function fromFastify(thrown: unknown, bodyLimit: number = MIB): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new AppError('payload_too_large', `The body is larger than ${bodyLimit / MIB} MiB.`);
  }
  return typeof code === 'string' && Object.hasOwn(OURS, code) ? OURS[code] : thrown;
}
