import { expect, it } from 'vitest';
import { errorResponse, INVALID_REQUEST, resultResponse } from './errors.ts';

it('writes responses under the id as it was written', () => {
  expect(errorResponse('"\\u0061"', INVALID_REQUEST, 'Said "no".\n')).toBe(
    '{"jsonrpc":"2.0","id":"\\u0061","error":{"code":-32600,"message":"Said \\"no\\".\\n"}}',
  );
  expect(errorResponse('null', 1, 'no', { a: 1 })).toContain(
    '"id":null,"error":{"code":1,"message":"no","data":{"a":1}}',
  );
  expect(resultResponse('7', { a: [] })).toBe('{"jsonrpc":"2.0","id":7,"result":{"a":[]}}');
});
