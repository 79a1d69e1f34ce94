import { expect, it } from 'vitest';
import { whyNotJson } from './body-headers.ts';

it.each([
  'application/json',
  'Application/JSON; charset="UTF-8"',
  'application/json;charset=utf-8',
  'application/json;',
])('a body of %s is read', (type) => {
  expect(whyNotJson({ 'content-type': type })).toBeUndefined();
});

it.each([
  undefined,
  '',
  'text/plain',
  'application/jsonp',
  'application/json; charset=utf-7',
  'application/json; charset=utf-8; charset=utf-7',
  'application/json; charset=utf-16',
  'application/json; version=1',
])('a body of %j is not', (type) => {
  expect(whyNotJson({ 'content-type': type })).toContain('must be application/json, in UTF-8');
});

it.each(['gzip', 'identity', ''])('nor one in the encoding %j', (encoding) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  expect(whyNotJson(headers)).toContain('leave the Content-Encoding out');
});

it.each(['chunked', 'Chunked', ' chunked '])('one whose transfer is coded as %j is read', (coding) => {
  const headers = { 'content-type': 'application/json', 'transfer-encoding': coding };
  expect(whyNotJson(headers)).toBeUndefined();
});

it.each(['gzip, chunked', 'gzip', 'identity', 'chunked, chunked', 'chunked;q=1', ''])(
  'as %j is not',
  (coding) => {
    const headers = { 'content-type': 'application/json', 'transfer-encoding': coding };
    expect(whyNotJson(headers)).toBe('The Transfer-Encoding must be chunked, and nothing else.');
  },
);
