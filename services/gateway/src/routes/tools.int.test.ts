import { type Bus, route } from '@aegis/bus';
import { fixtureOf } from '@aegis/contracts/fixture';
import { approvalsAccept, approvalsAcceptBy, approvalsTools } from '@aegis/contracts/tool-definition';
import { AppError } from '@aegis/kit/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const { tools } = fixtureOf(approvalsTools).reply;
const { source: _, ...accept } = fixtureOf(approvalsAccept).request;

let server: Server;
let approvals: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
const asked: unknown[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  approvals = await standIn(server, 'approvals', [
    route(approvalsTools, () => ({ tools, more: 3 })),
    route(approvalsAccept, (data) => {
      asked.push(data);
      if (data.approval_code !== accept.approval_code)
        throw new AppError('wrong_code', 'approval_code: wrong.');
      return { ok: true as const };
    }),
    route(approvalsAcceptBy, (data) => {
      asked.push(data);
      return { ok: true as const };
    }),
  ]);
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await approvals.close();
  await server.stop();
});

const post = (payload: object, more: Record<string, string> = {}) =>
  gateway.app.inject({
    method: 'POST',
    url: '/tools/accept',
    payload,
    headers: { host: 'localhost', ...more },
  });

describe('changed tools', () => {
  it('are listed with what changed', async () => {
    const reply = await gateway.app.inject({ url: '/tools', headers: { host: 'localhost' } });
    expect([reply.statusCode, reply.json()]).toEqual([200, { tools, more: 3 }]);
  });

  it('are accepted by the right code, for one exact definition', async () => {
    const reply = await post(accept);
    expect([reply.statusCode, reply.json()]).toEqual([200, { ok: true }]);
    expect(asked).toEqual([{ ...accept, source: '127.0.0.1' }]);
  });

  it('are accepted by the key of an approver, which the approvals service judges', async () => {
    const { approval_code: code, ...definition } = accept;
    asked.length = 0;
    const reply = await post(definition, { authorization: 'Bearer their-key' });
    expect([reply.statusCode, reply.json()]).toEqual([200, { ok: true }]);
    expect(asked).toEqual([{ ...definition, credential: { secret: 'their-key', source: '127.0.0.1' } }]);
    expect([
      (await post(definition)).statusCode,
      (await post({ ...definition, approval_code: code }, { authorization: 'Bearer their-key' })).statusCode,
    ]).toEqual([401, 422]);
    expect(asked).toHaveLength(1);
  });

  it('are not accepted by a wrong code: 403', async () => {
    const reply = await post({ ...accept, approval_code: 'wrong' });
    expect([reply.statusCode, reply.json()]).toEqual([403, expect.objectContaining({ code: 'wrong_code' })]);
  });

  it.each([
    [{ approval_code: '' }, 'approval_code: required'],
    [{ digest: 'sha256:0' }, 'digest'],
    [{ server: 'a.b' }, 'server: expected 1 to 64 characters'],
    [{ source: '10.0.0.1' }, 'source: unknown field'],
  ])('and %j is 422, said by name', async (change, detail) => {
    const before = asked.length;
    const reply = await post({ ...accept, ...change });
    expect(reply.statusCode).toBe(422);
    expect(reply.json().detail).toContain(detail);
    expect(asked).toHaveLength(before);
  });
});
