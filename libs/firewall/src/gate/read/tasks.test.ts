import { expect, it } from 'vitest';
import { response } from '../testkit/client.ts';
import { createTaskOwners, ownTasks, taskIn } from './tasks.ts';

it('a task belongs to the principal whose call made it, and stays theirs', () => {
  const owners = createTaskOwners();
  owners.made('files', 't', 'ann');
  owners.made('files', 't', 'bob');
  expect(owners.isOwn('files', 't', 'ann')).toBe(true);
  expect(owners.isOwn('files', 't', 'bob')).toBe(false);
  expect(owners.isOwn('mail', 't', 'bob')).toBe(true);
  expect(owners.isOwn('files', undefined, 'bob')).toBe(true);
});

it("a task whose maker is forgotten is nobody's where keys tell people apart", () => {
  const owners = createTaskOwners();
  expect(owners.isOwn('files', 't', 'key:bob')).toBe(false);
  expect(owners.isOwn('files', 't', 'anonymous')).toBe(true);
  expect(owners.isOwn('files', 't', 'os-user:ann')).toBe(true);
});

it.each([7, ['t'], null, { taskId: 't' }])('%j is no task of anybody', (taskId) => {
  const owners = createTaskOwners();
  owners.made('files', 't', 'ann');
  expect(owners.isOwn('files', taskId, 'ann')).toBe(false);
});

it.each([
  ['2025-11-25', { task: { taskId: 't1', status: 'working' } }, 't1'],
  ['2026-07-28', { resultType: 'task', taskId: 't1', status: 'working' }, 't1'],
  ['2026-07-28, and is no task', { resultType: 'complete', taskId: 't1', content: [] }, undefined],
])('the handle of a task is known as it is written in %s', (_revision, result, taskId) => {
  expect(taskIn(response({ result }))).toBe(taskId);
});

it('the oldest owners are forgotten first', () => {
  const owners = createTaskOwners(2);
  for (const id of ['a', 'b', 'c']) owners.made('files', id, 'ann');
  expect(['a', 'b', 'c'].map((id) => owners.isOwn('files', id, 'bob'))).toEqual([true, false, false]);
});

it('a list of tasks shows nobody the tasks of others', () => {
  const owners = createTaskOwners();
  owners.made('files', 't1', 'ann');
  owners.made('files', 't2', 'bob');
  const list = response({ result: { tasks: [{ taskId: 't1' }, { taskId: 't2' }, { taskId: 't3' }] } });
  expect(JSON.parse(ownTasks(owners, list, 'files', 'ann'))).toMatchObject({
    result: { tasks: [{ taskId: 't1' }, { taskId: 't3' }] },
  });
});
