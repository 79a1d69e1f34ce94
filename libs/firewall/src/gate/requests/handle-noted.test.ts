import { expect, it } from 'vitest';
import { createTaskOwners } from '../read/tasks.ts';
import { answerOf, requestOf } from '../testkit/client.ts';
import { handleNoted } from './handle-noted.ts';

it('a request that there is no room to record does not reach the server', () => {
  const recorder = { passed: () => false } as unknown as Parameters<typeof handleNoted>[0]['recorder'];
  const options = { server: 'files', principal: 'os-user:ann', record: 'redacted' } as const;
  const request = requestOf('tasks/list', {});
  const disposition = handleNoted({ recorder, tasks: createTaskOwners() }, options, request, undefined);
  expect(answerOf(disposition).error).toMatchObject({
    code: -32_603,
    message: expect.stringContaining('not sent'),
  });
});
