import { expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { createPeople, giveGrant, listGrants } from '../testkit/people.ts';
import { accept, sawTool, toolChanged } from '../testkit/tools.ts';
import { CODE, get, request, startReplica, useWorld, world } from '../testkit/world.ts';

useWorld();

const [FIRST, SECOND] = [seen(definition('reads')), seen(definition('reads and sends'))];
const callOf = ({ digest }: { digest: string }) => ({
  tool: 'files.read_file',
  server: 'files',
  definition_digest: digest,
  principal: 'me',
});

async function startWithPeople() {
  const people = await createPeople();
  await startReplica({ ...people.env, APPROVAL_CODE: CODE });
  return people;
}

it('no grant is given where nobody accepted the definition, nothing is decided by it, and the remedy gives one', async () => {
  const { keys } = await startWithPeople();
  await sawTool(FIRST);
  await toolChanged(SECOND);
  const { approval_id } = await request('key', callOf(SECOND));
  await expect(giveGrant(keys.ada, approval_id)).rejects.toMatchObject({
    code: 'invalid_request',
    message:
      'approval_id: nobody has accepted the definition of its tool, and until somebody does, each call is asked about: ' +
      '"aegis tools accept files read_file" accepts it.',
  });
  expect((await get('key')).status).toBe('pending');
  expect(await listGrants(keys.ada)).toEqual([]);
  await accept(SECOND);
  expect(await giveGrant(keys.ada, approval_id)).not.toHaveProperty('idle_because');
  expect((await request('next', callOf(SECOND))).status).toBe('approved');
});

it('a grant that a changed definition overtakes says so as long as it lets nothing run', async () => {
  const { keys } = await startWithPeople();
  await sawTool(FIRST);
  await giveGrant(keys.ada, (await request('key', callOf(FIRST))).approval_id);
  expect((await listGrants(keys.ada, true))[0]).not.toHaveProperty('idle_because');
  await toolChanged(SECOND);
  expect((await request('changed', callOf(SECOND))).status).toBe('pending');
  expect(await listGrants(keys.ada, true)).toMatchObject([
    { idle_because: expect.stringContaining('its tool has another definition by now') as string },
  ]);
  // Its server may go back to what it was.
  await sawTool(FIRST);
  expect((await listGrants(keys.ada, true))[0]).not.toHaveProperty('idle_because');
  const { expires_at } = (await listGrants(keys.ada, true))[0] ?? { expires_at: '' };
  await toolChanged(SECOND);
  world.clock = () => new Date(Date.parse(expires_at) + 1_000);
  // What is over is over, whatever its tool is.
  expect((await listGrants(keys.ada, false))[0]).not.toHaveProperty('idle_because');
});
