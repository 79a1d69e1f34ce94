import { expect, it } from 'vitest';
import { readCompletion } from './completion.ts';

const resource = (uri: string, value: string, given: object = {}) => ({
  ref: { type: 'ref/resource', uri },
  argument: { name: 'f', value },
  context: { arguments: given },
});
const named = (params: Record<string, unknown>) => {
  const read = readCompletion('files', params);
  if (!('named' in read)) throw new Error(JSON.stringify(read));
  return read.named;
};

it('goes by the prompt that it is for', () => {
  const params = { ref: { type: 'ref/prompt', name: 'plan' }, argument: { name: 'a', value: 'v' } };
  expect(named(params)).toMatchObject({
    door: 'prompt:plan',
    tool: 'files.completion/complete',
    args: params,
  });
});

it.each([
  ['file:///etc/{f}', 'sha', {}, 'file:///etc/sha'],
  ['file:///{+f}', 'etc/', {}, 'file:///etc/'],
  ['file:///{dir}/{f}', 'sha', { dir: 'etc' }, 'file:///etc/sha'],
  ['file:///{dir}/{f}', 'sha', {}, 'file:///{dir}/sha'],
  ['file:///srv{/dir,f:6}', '../etc', {}, 'file:///srv/../etc'],
  ['file://{/dir,f}', 'passwd', { dir: 'etc' }, 'file:///etc/passwd'],
  ['file:///etc{.f}', 'd', {}, 'file:///etc.d'],
  ['db://main{?table,f}', '9', { table: 'users' }, 'db://main?table=users&f=9'],
  ['db://main?a=1{&f}', 'users', {}, 'db://main?a=1&f=users'],
  ['db://main{;f*}', 'users', {}, 'db://main;f=users'],
  ['db://main{#f}', 'users', {}, 'db://main#users'],
  ['db://{toString}/{f}', 'users', {}, 'db://{toString}/users'],
])('goes by the template %s, and by what %j makes of it with %j', (uri, value, given, filledIn) => {
  expect(named(resource(uri, value, given))).toMatchObject({
    door: `resource:${uri}`,
    filledIn: `resource:${filledIn}`,
  });
});

it('is refused where more is given than the template takes of it, as some would cut it there', () => {
  expect(readCompletion('files', resource('file:///{f:3}/x', 'etcxyz'))).toEqual({
    invalid: 'params.argument.value: longer than what the template takes of it',
  });
});

it.each([
  {},
  { ref: 'file:///etc/{f}' },
  { ref: { type: 'ref/resource', name: 'x' } },
  { ref: { type: 'ref/prompt', uri: 'file:///etc/{f}' } },
  { ref: { type: 'ref/prompt', name: 'open', uri: 'file:///etc/{f}' } },
  { ref: { type: 'ref/resource', uri: 'file:///srv/{f}', URI: 'file:///etc/{f}' } },
  { ref: { type: 'ref/prompt', name: 'open' }, uri: 'file:///etc/{f}' },
  { ...resource('file:///{d}', 'srv'), argument: { name: 'd', value: 'srv', Value: 'etc' } },
  { ...resource('file:///{d}/{f}', 'x'), context: { arguments: { d: 'srv' }, Arguments: { d: 'etc' } } },
])('is refused where a server could take it for another thing: %j', (params) => {
  expect(readCompletion('files', params)).toHaveProperty('invalid');
});
