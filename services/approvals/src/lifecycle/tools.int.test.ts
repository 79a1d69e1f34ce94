import { createEvent } from '@aegis/contracts/create-event';
import { TOOLS_LOG, toolAcceptedLog, toolLog } from '@aegis/contracts/subjects';
import { approvalsAcceptBy } from '@aegis/contracts/tool-definition';
import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { createPeople } from '../testkit/people.ts';
import { accept, sawTool, toolChanged, tools } from '../testkit/tools.ts';
import {
  CODE,
  codeOf,
  complete,
  request,
  soon,
  startReplica,
  stopAll,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const A = seen(definition('reads'));
const B = seen(definition('reads and sends'));
const large = (text: string, name: string) => seen(definition(text.repeat(1_900_000), name));

/** Who accepted, as the log has it. */
async function acceptedBy(): Promise<string[]> {
  const names: string[] = [];
  const follower = await world.mcp.follow({
    filter: TOOLS_LOG,
    fromSeq: 1,
    apply: ({ event }) => {
      if (event?.type === 'aegis.tool.accepted.v1') names.push(String(event.data['accepted_by']));
    },
  });
  await follower.caughtUp(Date.now() + 3_000);
  await follower.stop();
  return names;
}

/** How many acceptances the log has. */
const acceptances = async (): Promise<number> => (await acceptedBy()).length;

describe('a changed tool', () => {
  it('is listed with both definitions until its new one is accepted, also after a restart', async () => {
    await startReplica();
    await sawTool(A);
    expect(await tools()).toEqual([]);
    await toolChanged(B);
    expect(await tools()).toEqual([expect.objectContaining({ ...B, level: 'major', before: A.definition })]);
    await stopAll();
    await startReplica();
    expect(await tools()).toHaveLength(1);
    expect(await accept(B)).toEqual({ ok: true });
    expect(await tools()).toEqual([]);
    await stopAll();
    await startReplica();
    expect(await tools()).toEqual([]);
  });

  it('is accepted once, however many accept it', async () => {
    await startReplica();
    await sawTool(A);
    await toolChanged(B);
    const all = await Promise.all(Array.from({ length: 10 }, () => accept(B)));
    expect(all.every(({ ok }) => ok)).toBe(true);
    expect(await accept(A)).toEqual({ ok: true });
    expect(await acceptances()).toBe(1);
  });

  it('is not accepted by a wrong code, nor unseen', async () => {
    await startReplica();
    await sawTool(A);
    await toolChanged(B);
    expect(await codeOf(accept(B, 'wrong'))).toBe('wrong_code');
    expect(await codeOf(accept(seen(definition('never seen'))))).toBe('not_found');
    expect(await codeOf(accept({ ...B, server: 'mail' }))).toBe('not_found');
    expect(await codeOf(accept({ ...B, tool: 'READ_FILE' }))).toBe('not_found');
    expect([(await tools()).length, await acceptances()]).toEqual([1, 0]);
  });

  it('is accepted by an approver with their own key, on record under their name, and by nobody else', async () => {
    const { keys, env } = await createPeople();
    await startReplica(env);
    await sawTool(A);
    await toolChanged(B);
    const by = (secret: string) =>
      world.gateway.ask(
        approvalsAcceptBy,
        { server: B.server, tool: B.tool, digest: B.digest, credential: { secret, source: '10.0.0.1' } },
        soon(),
      );
    for (const wrong of ['wrong', `${keys.ada}x`, 'aegis_approver_x', 'aegis_x']) {
      expect(await codeOf(by(wrong))).toBe('unauthorized');
    }
    expect([(await tools()).length, await acceptances()]).toEqual([1, 0]);
    expect(await by(keys.ada)).toEqual({ ok: true });
    expect([await tools(), await acceptedBy()]).toEqual([[], ['ada']]);
  });

  it('lets nobody guess: wrong codes count together with those for approvals', async () => {
    await startReplica();
    await sawTool(A);
    await toolChanged(B);
    const all = await Promise.all(Array.from({ length: 12 }, () => codeOf(accept(B, 'wrong'))));
    expect(all.filter((one) => one === 'wrong_code')).toHaveLength(5);
    expect(all.filter((one) => one === 'too_many_attempts')).toHaveLength(7);
    expect(await codeOf(accept(B))).toBe('too_many_attempts');
    expect(await codeOf(complete((await request()).approval_id))).toBe('too_many_attempts');
    expect(await codeOf(accept(B, CODE, '10.0.0.2'))).toBe('no error');
  });

  it('that another firewall saw at the same time is listed beside the first one, and is accepted like any', async () => {
    await startReplica();
    const alike = seen(definition('reads', 'READ_FILE'));
    for (const data of [A, B, alike]) await sawTool(data);
    expect(await tools()).toMatchObject([
      { tool: 'READ_FILE', looks_like: 'read_file', digest: alike.digest },
      { tool: 'read_file', digest: B.digest, before: A.definition },
    ]);
    for (const data of [B, alike]) expect(await accept(data)).toEqual({ ok: true });
    expect([(await tools()).length, await acceptances()]).toEqual([0, 2]);
  });

  it('is listed with all its definitions that wait, until each is accepted', async () => {
    await startReplica();
    const other = seen(definition('reads', 'other'));
    for (const data of [A, other]) await sawTool(data);
    const C = seen(definition('reads and deletes'));
    const changes = [B, C, seen(definition('sends', 'other'))];
    for (const data of changes) await toolChanged(data);
    await sawTool(A);
    const listed = (await tools()).map(({ digest }) => digest);
    expect(listed).toEqual([changes[2]?.digest, C.digest, B.digest]);
    await accept(C);
    expect((await tools()).map(({ digest }) => digest)).toEqual([changes[2]?.digest, B.digest]);
    await accept(B);
    expect(await tools()).toHaveLength(1);
  });

  it('that is large hides no other, and the two definitions of one need not fit one message', async () => {
    await startReplica();
    for (const name of ['one', 'two']) {
      await sawTool(large('a', name));
      await toolChanged(large('b', name));
    }
    const listed = await tools();
    expect(listed.map(({ tool, before }) => [tool, before])).toEqual([['two', undefined]]);
    await accept(large('b', 'two'));
    expect((await tools()).map(({ tool }) => tool)).toEqual(['one']);
  });
});

it('who writes definitions may not accept them', async () => {
  await startReplica();
  await sawTool(A);
  await toolChanged(B);
  const event = createEvent({
    type: 'aegis.tool.accepted.v1',
    source: 'mcp',
    time: world.clock().toISOString(),
    data: { server: 'files', tool: B.tool, digest: B.digest, accepted_by: 'me' },
  });
  const append = (subject: string) => codeOf(world.mcp.append.one({ subject, event }, Date.now() + 500));
  expect(await append(toolAcceptedLog('files'))).toBe('storage_unavailable');
  expect(await append(toolLog('files'))).toBe('no error');
  expect(await tools()).toHaveLength(1);
  expect(world.running[0]?.service.health().problems).toEqual([
    expect.stringMatching(
      /^the message at sequence \d+ on aegis\.log\.tool\.files is no event of that subject/,
    ),
  ]);
});
