import { expect, it } from 'vitest';
import { loggedUrl } from './logged-url.ts';

const TOKEN = 'x'.repeat(43);

it.each([
  [`/ui/s/${TOKEN}/approvals?before=1`, '/ui/s/…/approvals?…'],
  [`/ui/s/${TOKEN}`, '/ui/s/…'],
  [`/ui/s/${TOKEN}?error=unauthorized`, '/ui/s/…?…'],
  ['/ui/approvals?before=/ui/s/x', '/ui/approvals?…'],
  [`//ui/s/${TOKEN}/x`, '//ui/s/…/x'],
  [`http://localhost/%75i/S/${TOKEN}`, 'http://localhost/%75i/S/…'],
  ['/audit?trace_id=a%0Ab#c', '/audit?…'],
])('a log has no half of a session, and nothing of what is asked for: %s', (url, logged) => {
  expect(loggedUrl(url)).toBe(logged);
});
