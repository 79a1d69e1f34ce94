import { expect, it } from 'vitest';
import { createAllowed } from './allow.ts';

const allowed = createAllowed();
allowed.add('GET', '/approvals');
allowed.add(['GET', 'HEAD'], '/approvals/:id');
allowed.add('POST', '/approvals/complete');
allowed.add('GET', '/openapi.json');
allowed.add(['GET', 'POST'], '/ui/*');

it.each([
  ['/approvals', ['GET']],
  ['/approvals/abc', ['GET', 'HEAD']],
  ['/approvals/complete', ['GET', 'HEAD', 'POST']],
  ['/openapi.json', ['GET']],
  ['/openapiXjson', []],
  ['/ui/a/b', ['GET', 'POST']],
  ['/approvals/abc/def', []],
  ['/', []],
])('%s takes %j', (path, methods) => {
  expect(allowed.at(path)).toEqual(methods);
});
