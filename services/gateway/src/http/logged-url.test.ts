import { expect, it } from 'vitest';
import { loggedUrl } from './logged-url.ts';

const TOKEN = 'x'.repeat(43);

it.each([
  [`/ui/s/${TOKEN}/approvals?before=1`, '/ui/s/…/approvals?before=1'],
  [`/ui/s/${TOKEN}`, '/ui/s/…'],
  [`/ui/s/${TOKEN}?error=unauthorized`, '/ui/s/…?error=unauthorized'],
  ['/ui/approvals?before=/ui/s/x', '/ui/approvals?before=/ui/s/x'],
])('a log has no half of a session: %s', (url, logged) => {
  expect(loggedUrl(url)).toBe(logged);
});
