import { expect, test } from 'vitest';
import { approvalPath, isOwn, routeOf } from './routes.ts';

test.each([
  ['/ui/approvals', { view: 'inbox' }],
  ['/ui/approvals/', { view: 'inbox' }],
  ['/ui/approvals/apr_abc', { view: 'approval', id: 'apr_abc' }],
  ['/ui/history', { view: 'history', search: 'agent=a%20b' }],
  ['/ui/grants', { view: 'grants' }],
  ['/ui/webhooks', { view: 'webhooks' }],
  ['/ui/approvals/a/b', { view: 'nothing' }],
  ['/ui/approvals/%E0%A4%A', { view: 'nothing' }],
  ['/ui/tools', { view: 'nothing' }],
  ['/elsewhere', { view: 'nothing' }],
])('%s shows %j', (path, route) => {
  expect(routeOf(path, '?agent=a%20b')).toEqual(route);
});

test('the page of changed tools is the server’s own', () => {
  expect(isOwn('/ui/tools')).toBe(false);
  expect(isOwn('/ui/grants')).toBe(true);
});

test('any id is found again in its own address', () => {
  expect(routeOf(approvalPath('a/b ?#é'), '')).toEqual({ view: 'approval', id: 'a/b ?#é' });
});
