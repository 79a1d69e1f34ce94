import { expect, test } from 'vitest';
import { consoleUrl } from './console-url.ts';

test.each([
  [undefined, 'http://127.0.0.1:8000'],
  ['', 'http://127.0.0.1:8000'],
  ['localhost', 'http://localhost:8000'],
  ['0.0.0.0', 'http://127.0.0.1:8000'],
  ['::', 'http://[::1]:8000'],
  ['fd00::7', 'http://[fd00::7]:8000'],
])('with HOST=%s the console is at %s', (host, url) => {
  expect(consoleUrl(host, 8000)).toBe(url);
});
