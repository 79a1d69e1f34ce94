import { type Bus, route } from '@aegis/bus';
import { type CheckRequest, MOST_CHECKS, policyCheck, policyChecks } from '@aegis/contracts/decision';
import { AppError } from '@aegis/kit/errors';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { allowedCheck } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

let server: Server;
let policy: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
/** How many questions came in each message. */
let messages: number[] = [];
/** How many of the questions that came together are answered. */
let answered = Number.POSITIVE_INFINITY;

/** Says which tool it was asked about, and refuses one. */
const answer = ({ tool }: CheckRequest) => {
  if (tool === 'bad.one') throw new AppError('invalid_request', 'not this one');
  return { ...allowedCheck, reasons: [tool] };
};

beforeAll(async () => {
  server = await startNatsServer();
  policy = await standIn(server, 'policy', [
    route(policyCheck, (check) => {
      messages.push(1);
      return answer(check);
    }),
    route(policyChecks, ({ checks }) => {
      messages.push(checks.length);
      return { replies: checks.map(answer).slice(0, answered) };
    }),
  ]);
  gateway = await createTestApp(server);
});
afterAll(async () => {
  await gateway.stop();
  await policy.close();
  await server.stop();
});
beforeEach(() => {
  messages = [];
  answered = Number.POSITIVE_INFINITY;
});

const check = (tool: string) =>
  gateway.app.inject({
    method: 'POST',
    url: '/guard/check',
    payload: { tool },
    headers: { host: 'localhost' },
  });
const tools = (count: number) => Array.from({ length: count }, (_, i) => `tool.n${i}`);

it('questions of the same moment go together, and each gets its own answer', async () => {
  const asked = tools(MOST_CHECKS + 6);
  const replies = await Promise.all(asked.map(check));
  expect(replies.map((reply) => reply.json().reasons)).toEqual(asked.map((tool) => [tool]));
  expect(messages.length).toBeLessThan(asked.length / 4);
  expect(Math.max(...messages)).toBeLessThanOrEqual(MOST_CHECKS);
});

it('what is refused of one of them is refused to that one alone', async () => {
  const replies = await Promise.all(['good.one', 'bad.one', 'good.two'].map(check));
  expect(replies.map(({ statusCode }) => statusCode)).toEqual([200, 422, 200]);
  expect(messages).toContain(3);
});

it('what is not answered together is asked alone', async () => {
  answered = 1;
  const replies = await Promise.all(tools(3).map(check));
  expect(replies.map((reply) => reply.json().reasons)).toEqual(tools(3).map((tool) => [tool]));
});
