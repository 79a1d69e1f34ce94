import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Server, startNatsServer } from '../testkit/stand-ins.ts';
import type { ApiDocument, Schema } from './shape.ts';

let server: Server;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let document: ApiDocument;

beforeAll(async () => {
  server = await startNatsServer();
  gateway = await createTestApp(server);
  document = (await gateway.app.inject({ url: '/openapi.json', headers: { host: 'localhost' } })).json();
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

const ROUTES = [
  'GET /approvals',
  'GET /approvals/{id}',
  'GET /audit',
  'GET /events',
  'GET /health',
  'GET /policy',
  'GET /policy/effective',
  'GET /policy/validate',
  'GET /tools',
  'POST /approvals/complete',
  'POST /audit',
  'POST /guard/check',
  'POST /guard/enforce',
  'POST /policy/migrate',
  'POST /policy/validate',
  'POST /tools/accept',
];

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  );

/** The schema that a reference names. */
const named = (schema: Schema | undefined): Schema | undefined =>
  document.components?.schemas?.[schema?.$ref?.split('/').at(-1) ?? ''];

/** Every `$ref` in a value. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 and has every route', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(
      operations()
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(ROUTES);
  });

  it('gives each route a name of its own, a summary, a group and a meaning of each answer', () => {
    const ids = operations().map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ROUTES.length);
    for (const [name, { summary, tags, responses }] of operations()) {
      expect([name, summary, tags]).toEqual([name, expect.any(String), [expect.any(String)]]);
      for (const { description } of Object.values(responses ?? {})) {
        expect(description).not.toMatch(/^(Default Response|The answer)?$/);
      }
    }
  });

  it('describes each body and each good answer, with an example', () => {
    for (const [name, { requestBody, responses = {} }] of operations()) {
      const body = requestBody?.content?.['application/json']?.schema;
      if (name.startsWith('POST')) expect([name, named(body)?.examples?.length]).toEqual([name, 1]);
      const [, good] = Object.entries(responses).find(([status]) => Number(status) < 300) ?? [];
      if (name === 'GET /events') continue;
      expect([name, named(good?.content?.['application/json']?.schema)?.examples?.length]).toEqual([name, 1]);
    }
  });

  it('refers to nothing that is not in it', () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of refs) {
      expect(Object.keys(document.components?.schemas ?? {})).toContain(
        ref.replace('#/components/schemas/', ''),
      );
    }
  });

  it('says that an amount is a whole number up to 2^53-1', () => {
    expect(document.components?.schemas?.['CheckInput']?.properties?.['amount_cents']).toMatchObject({
      type: 'integer',
      minimum: 0,
      maximum: 9_007_199_254_740_991,
    });
  });
});

it('/docs is a page of every route that needs nothing else', async () => {
  const reply = await gateway.app.inject({ url: '/docs', headers: { host: 'localhost' } });
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
  for (const name of ROUTES) expect(reply.body).toContain(`>${name}</a>`);
});
