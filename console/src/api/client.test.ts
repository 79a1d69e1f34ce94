import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import type { Fault } from './fault.ts';

const json = (status: number, body: unknown): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

function clientOf(answer: () => Response | Promise<Response>) {
  const asked: [string, RequestInit | undefined][] = [];
  const paused: number[] = [];
  let signedOut = 0;
  const client = createClient({
    fetch: async (input, init) => {
      asked.push([input instanceof Request ? input.url : input.toString(), init]);
      return answer();
    },
    pause: async (ms) => void paused.push(ms),
    pageToken: () => 'half-1',
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  return { client, asked, paused, signedOut: () => signedOut };
}

const faultFrom = (asking: Promise<unknown>): Promise<Fault> =>
  asking.then(
    () => expect.fail(),
    (fault) => fault as Fault,
  );

test('each request carries the page’s half of the session, in a header', async () => {
  const { client, asked } = clientOf(() => json(200, {}));
  await client.post('approvals/x/approve', { revision: 1 });
  await client.get('inbox');
  expect(asked.map(([url]) => url)).toEqual(['/ui/api/approvals/x/approve', '/ui/api/inbox']);
  for (const [, init] of asked) expect(init?.headers).toMatchObject({ 'x-page-token': 'half-1' });
  expect(asked[0]?.[1]?.headers).toMatchObject({ 'content-type': 'application/json' });
});

test('a fault says what the server said', async () => {
  const { client } = clientOf(() =>
    json(403, { code: 'not_an_approver', title: 'No', detail: 'Only finance may.' }),
  );
  expect(await faultFrom(client.get('webhooks'))).toMatchObject({
    status: 403,
    code: 'not_an_approver',
    message: 'Only finance may.',
  });
});

test('what is away for a moment is looked at once more, by itself; what decides is sent once', async () => {
  const answers = [json(503, { detail: 'Away.' }), json(200, { items: [] })];
  const { client, asked, paused } = clientOf(() => answers.shift() ?? json(503, { detail: 'Still away.' }));
  expect(await client.get('inbox')).toEqual({ items: [] });
  expect(paused).toEqual([1_000]);
  expect((await faultFrom(client.get('inbox'))).message).toBe('Still away.');
  expect(asked).toHaveLength(4);
  await faultFrom(client.post('approvals/x/approve', { revision: 1 }));
  expect(asked).toHaveLength(5);
});

test('a session that is over leads back to signing in; a wrong secret does not', async () => {
  const { client, signedOut } = clientOf(() => json(401, { code: 'unauthorized' }));
  await faultFrom(client.post('session', { secret: 'x' }));
  expect(signedOut()).toBe(0);
  await faultFrom(client.get('inbox'));
  expect(signedOut()).toBe(1);
});

test.each([
  ['no answer', () => Promise.reject(new TypeError('failed'))],
  ['an answer that is no JSON', () => json(200, '<html>')],
])('%s is a sentence for people', async (_, answer) => {
  const { client } = clientOf(answer);
  expect(await faultFrom(client.get('inbox'))).toMatchObject({ status: 0, code: 'no_answer' });
});
