import { expect, it } from 'vitest';
import { isShown } from './shown-body.ts';

const RESULT = '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"secret"}]}}';

it.each([
  [RESULT, 'application/json'],
  [`\uFEFF${RESULT}`, 'application/json'],
  [`[${RESULT}]`, 'application/json'],
  [`{}\n${RESULT}`, 'application/json'],
  [RESULT.replace('"result"', '"Result"'), 'application/json'],
  [RESULT.replace('"result"', '"r\\u0065sult"'), 'application/json'],
  [RESULT.slice(0, -1), 'application/json'],
  [`data: ${RESULT}\n\n`, 'text/event-stream'],
  [`data: ${RESULT}\n\n`, 'text/plain'],
  [`: hi\rdata:${RESULT}\r\r`, 'text/plain'],
  [`\uFEFFdata:${RESULT}\n\n`, 'text/plain'],
  [` ${RESULT}x`, 'text/plain'],
  [`\uFEFF${RESULT}`, 'text/plain'],
  ['+AHs-', 'application/json; charset=utf-7'],
  ['\0{\0', 'application/json'],
  ['no', undefined],
  ['{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{}}', 'application/json'],
  ['{"jsonrpc":"2.0","id":"q","Method":"elicitation/create","params":{}}', 'application/json'],
  ['{"jsonrpc":"2.0","error":{"code":-32042,"data":{"elicit\\u0061tions":[]}}}', 'application/json'],
])('%j as %s could be a result or a question to somebody, and nobody sees it', (body, type) => {
  expect(isShown(Buffer.from(body), type)).toBe(false);
});

it.each([
  ['', undefined],
  ['{}', 'application/json'],
  ['{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no result"}}', 'application/json'],
  ['{"title":"no"}', 'application/problem+json'],
  ['"no"', 'application/json'],
  ['Not found', 'text/plain; charset=utf-8'],
  ['<html><p>{no}</p></html>', 'text/html'],
])('%j as %s is in words', (body, type) => {
  expect(isShown(Buffer.from(body), type)).toBe(true);
});
