import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type Server, startNatsServer } from '../testkit/stand-ins.ts';

type Operation = { parameters?: { in: string; name: string }[] };

let server: Server;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let operations: [method: string, path: string, taken: string[]][];

beforeAll(async () => {
  server = await startNatsServer();
  gateway = await createTestApp(server);
  const { paths } = gateway.app.swagger() as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]): [string, string, string[]] => [
      method.toUpperCase(),
      path.replace('{id}', 'x'),
      parameters.filter((one) => one.in === 'query').map(({ name }) => name),
    ]),
  );
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

const ask = (method: string, url: string) =>
  gateway.app.inject({
    method: method as 'GET',
    url,
    headers: { host: 'localhost' },
    ...(method === 'POST' || method === 'PUT' ? { payload: {} } : {}),
  });

it('a query field that a path does not take is refused by its name, with those that it takes, at every path', async () => {
  expect(operations.length).toBeGreaterThan(25);
  for (const [method, path, taken] of operations) {
    const reply = await ask(method, `${path}?statsu=pending`);
    const takes = taken.length === 0 ? 'no query' : taken.join(', ');
    expect([path, reply.statusCode, reply.json().detail]).toEqual([
      path,
      422,
      `statsu: unknown field in the query; this path takes ${takes}`,
    ]);
  }
});

it.each(['/', '/ui', '/favicon.ico', '/openapi.json', '/docs', '/docs/static/index.html'])(
  'also at %s, which no description names',
  async (path) => {
    const reply = await ask('GET', `${path}?x=1`);
    expect([reply.statusCode, reply.json().detail]).toEqual([
      422,
      'x: unknown field in the query; this path takes no query',
    ]);
  },
);

it.each([
  ['that is nothing but a name', '/health?x', 'x: unknown field'],
  ['without a name', '/health?=1', ': unknown field'],
  ['that only differs in case', '/approvals?Status=pending', 'Status: unknown field'],
  ['beside one that it takes', '/approvals?status=pending&limt=5', 'limt: unknown field'],
  ['of the object that holds them', '/health?__proto__=1', '__proto__: unknown field'],
  ['that is long', `/health?${'x'.repeat(500)}=1`, `${'x'.repeat(64)}: unknown field`],
  ['one of many', '/health?a&b&c&d', 'a: unknown field; b: unknown field; c: unknown field in the query'],
])('a field %s is refused', async (_what, url, detail) => {
  const reply = await ask('GET', url);
  expect(reply.statusCode).toBe(422);
  expect(reply.json().detail).toContain(detail);
});

it('a question mark alone asks for nothing', async () => {
  expect((await ask('GET', '/openapi.json?')).statusCode).toBe(200);
});
