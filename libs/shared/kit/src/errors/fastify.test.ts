import { expect, it } from 'vitest';
import { fromFastify } from './fastify.ts';

const failing = (code: unknown): Error => Object.assign(new Error('not for callers'), { code });

it.each([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'invalid_json'],
  ['FST_ERR_BAD_URL', 'not_found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not_found'],
])('%s is the caller’s error %s', (code, ours) => {
  expect(fromFastify(failing(code))).toMatchObject({ name: 'AppError', code: ours });
});

it.each([
  failing('FST_ERR_DUPLICATED_ROUTE'),
  failing('constructor'),
  failing(7),
  new Error('x'),
  'text',
  undefined,
])('anything else stays what it is: %s', (thrown) => {
  expect(fromFastify(thrown)).toBe(thrown);
});
