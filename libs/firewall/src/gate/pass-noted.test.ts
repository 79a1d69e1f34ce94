import { expect, it } from 'vitest';
import { passNoted } from './pass-noted.ts';
import { createTaskOwners } from './read/tasks.ts';
import { answerOf, requestOf } from './testkit/client.ts';

it('a request that there is no room to record does not reach the server', () => {
  const recorder = { passed: () => false } as unknown as Parameters<typeof passNoted>[0]['recorder'];
  const options = { server: 'files', principal: 'os-user:ann' };
  const request = requestOf('completion/complete', {});
  const passage = passNoted({ recorder, tasks: createTaskOwners() }, options, request, undefined);
  expect(answerOf(passage).error).toMatchObject({
    code: -32_603,
    message: expect.stringContaining('not sent'),
  });
});
