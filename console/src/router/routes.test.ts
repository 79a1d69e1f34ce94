import { expect, test } from 'vitest';
import { PAGE_NAMES, PAGES } from '../pages.ts';
import { approvalPath, dataOf, isOwn, pathOf, routeOf } from './routes.ts';

test.each([
  ['/ui/approvals', 'inbox', ''],
  ['/ui', 'inbox', ''],
  ['/ui/', 'inbox', ''],
  ['/ui/approvals/', 'inbox', ''],
  ['/ui/approvals/apr_abc', 'approval', 'apr_abc'],
  ['/ui/history', 'history', ''],
  ['/ui/approvals/a/b', 'nothing', ''],
  ['/ui/approvals/%E0%A4%A', 'nothing', ''],
  ['/ui/nothing', 'nothing', ''],
  ['/elsewhere', 'nothing', ''],
])('%s shows %s', (path, page, id) => {
  expect(routeOf(path, '?agent=a%20b')).toEqual({ page, id, search: 'agent=a%20b' });
  expect(isOwn(path)).toBe(page !== 'nothing');
});

test.each(PAGE_NAMES)(
  'the page %s is found again at its own address, and names where its data is',
  (page) => {
    expect(routeOf(pathOf(page, 'x'))).toMatchObject({ page });
    expect(PAGES[page].path.includes(':id')).toBe(PAGES[page].data.includes(':id'));
  },
);

test('any id is found again in its own address', () => {
  expect(routeOf(approvalPath('a/b ?#é$&'))).toMatchObject({ page: 'approval', id: 'a/b ?#é$&' });
  expect(dataOf('approval', { id: 'a/b', search: '' })).toBe('approvals/a%2Fb');
  expect(dataOf('history', { search: 'agent=me' })).toBe('history?agent=me');
});
