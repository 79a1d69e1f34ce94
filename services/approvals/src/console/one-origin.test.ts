import { expect, it } from 'vitest';
import { createOneOrigin } from './one-origin.ts';

it.each([
  ['http://127.0.0.1:8000', 'localhost:8000', 'http://127.0.0.1:8000/ui/approvals?before=x'],
  ['http://127.0.0.1:8000', 'LOCALHOST:9000', 'http://127.0.0.1:9000/ui/approvals?before=x'],
  ['http://127.0.0.1', 'localhost', 'http://127.0.0.1/ui/approvals?before=x'],
  ['http://[::1]:8000', 'localhost:8000', 'http://[::1]:8000/ui/approvals?before=x'],
  ['http://127.0.0.1:8000', '127.0.0.1:8000', undefined],
  ['http://127.0.0.1:8000', 'localhost.evil.example:8000', undefined],
  ['http://127.0.0.1:8000', undefined, undefined],
  // Who says so themselves, or has TLS, is not led elsewhere.
  ['http://localhost:8000', 'localhost:8000', undefined],
  ['https://127.0.0.1', 'localhost', undefined],
  ['http://aegis.example', 'localhost:8000', undefined],
])('where people find the console at %s, a page asked for at %s is at %s', (consoleUrl, host, at) => {
  expect(createOneOrigin(consoleUrl)(host, '/ui/approvals?before=x')).toBe(at);
});
