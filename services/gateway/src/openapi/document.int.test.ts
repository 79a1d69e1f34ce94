import { fixtureOf } from '@aegis/contracts/fixture';
import { RPCS } from '@aegis/contracts/rpcs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type Server, startNatsServer } from '../testkit/stand-ins.ts';

type Schema = { $ref?: string; properties?: Record<string, Schema>; examples?: unknown[] };
type Media = { schema?: Schema };
type Operation = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<
    string,
    { description: string; content?: Record<string, Media>; headers?: Record<string, object> }
  >;
};
/** As much of an OpenAPI document as is looked at here (https://spec.openapis.org/oas/v3.1.1). */
type ApiDocument = {
  openapi: string;
  info: { description: string };
  servers?: { url: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; securitySchemes?: Record<string, object> };
};

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
  'DELETE /webhooks/{id}',
  'GET /approvals',
  'GET /approvals/{id}',
  'GET /audit',
  'GET /events',
  'GET /grants',
  'GET /health',
  'GET /policy',
  'GET /policy/effective',
  'GET /policy/validate',
  'GET /tools',
  'GET /webhooks',
  'GET /webhooks/{id}/deliveries',
  'POST /approvals/complete',
  'POST /approvals/{id}/approve',
  'POST /approvals/{id}/cancel',
  'POST /approvals/{id}/code',
  'POST /approvals/{id}/deny',
  'POST /audit',
  'POST /grants',
  'POST /grants/{id}/revoke',
  'POST /guard/check',
  'POST /guard/enforce',
  'POST /policy/migrate',
  'POST /policy/validate',
  'POST /tools/accept',
  'POST /webhooks/{id}/test',
  'PUT /webhooks/{id}',
];

/** Routes that do something and take no body. */
const WITHOUT_BODY = ['POST /grants/{id}/revoke', 'POST /webhooks/{id}/test'];

/** Routes for approvers only. */
const SIGNED_IN = ROUTES.filter(
  (name) =>
    / \/(grants|webhooks)/.test(name) ||
    / \/(?:approvals\/\{id\}\/(?:approve|code|deny)|tools\/accept)$/.test(name),
);

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

  it('says where the API is: at the address that it was read from', () => {
    expect(document.servers).toEqual([
      { url: '/', description: 'The gateway that this description is from' },
    ]);
  });

  it('gives each route a name of its own, a summary, a group and a meaning of each answer', () => {
    const ids = operations().map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ROUTES.length);
    for (const [name, { summary, tags, responses }] of operations()) {
      expect([name, summary, tags]).toEqual([name, expect.any(String), [expect.any(String)]]);
      for (const { description } of Object.values(responses ?? {})) {
        expect(description, `${name}: give the reply a .meta({ id, description })`).not.toMatch(
          /^(Default Response|The answer)?$/,
        );
      }
    }
  });

  it('describes each body and each good answer, with an example', () => {
    for (const [name, { requestBody, responses = {} }] of operations()) {
      const body = requestBody?.content?.['application/json']?.schema;
      const takesOne = /^(POST|PUT)/.test(name) && !WITHOUT_BODY.includes(name);
      if (takesOne) expect([name, named(body)?.examples?.length]).toEqual([name, 1]);
      const [, good] = Object.entries(responses).find(([status]) => Number(status) < 300) ?? [];
      if (name === 'GET /events') continue;
      expect([name, named(good?.content?.['application/json']?.schema)?.examples?.length]).toEqual([name, 1]);
    }
  });

  it('has examples that each are one, those of the answers as in the fixtures', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'api');
    for (const [id, { examples = [] }] of Object.entries(document.components?.schemas ?? {})) {
      const check = ajv.getSchema(`api#/components/schemas/${id}`);
      for (const example of examples) expect([id, check?.(example), check?.errors]).toEqual([id, true, null]);
    }
    const answers = [...RPCS.values()].filter(({ reply }) => reply.meta()?.id !== undefined);
    expect(answers.length).toBeGreaterThan(15);
    for (const { reply } of answers) {
      // Two questions may have one answer.
      const fixtures = answers.filter((one) => one.reply === reply).map((one) => [fixtureOf(one).reply]);
      expect(fixtures).toContainEqual(document.components?.schemas?.[reply.meta()?.id ?? '']?.examples);
    }
  });

  it('has an example of each body that its route takes', async () => {
    for (const [name, { requestBody }] of operations()) {
      const [example] = named(requestBody?.content?.['application/json']?.schema)?.examples ?? [];
      if (example === undefined) continue;
      const [method, path = ''] = name.split(' ');
      const isAgents = /^POST \/(guard\/|audit|approvals\/\{id\}\/cancel)/.test(name);
      const headers = { host: 'localhost', ...(isAgents ? {} : { authorization: 'Bearer k' }) };
      const payload = example as object;
      const url = path.replace('{id}', 'on-call');
      const reply = await gateway.app.inject({ method: method as 'POST', url, headers, payload });
      // Nobody is there to answer it, and nothing is wrong with it.
      expect([name, reply.statusCode]).toEqual([name, 503]);
    }
  });

  it('says what an agent does by its key, and how', () => {
    expect(document.components?.securitySchemes).toMatchObject({ agent: { type: 'http', scheme: 'bearer' } });
    const withKey = operations().filter(([, { security = [] }]) => security.some((way) => 'agent' in way));
    expect(withKey.map(([name]) => name).toSorted()).toEqual([
      'POST /approvals/{id}/cancel',
      'POST /audit',
      'POST /guard/check',
      'POST /guard/enforce',
    ]);
    for (const [, { responses }] of withKey) expect(Object.keys(responses ?? {})).toContain('401');
  });

  it('says where an approver has to sign in, and how', () => {
    expect(document.components?.securitySchemes).toMatchObject({
      approver: { type: 'http', scheme: 'bearer' },
    });
    const withKey = operations().filter(([, { security = [] }]) => security.some((way) => 'approver' in way));
    expect(withKey.map(([name]) => name).toSorted()).toEqual(SIGNED_IN);
    for (const [, { responses }] of withKey) expect(Object.keys(responses ?? {})).toContain('401');
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

  it('says that an optional field of a body may be null, which its schemas do not', () => {
    expect(document.info.description).toContain('An optional field of a body may be null');
  });

  it('says that an amount is a whole number up to 2^53-1', () => {
    expect(document.components?.schemas?.['CheckInput']?.properties?.['amount_cents']).toMatchObject({
      type: 'integer',
      minimum: 0,
      maximum: 9_007_199_254_740_991,
    });
  });
});

it('each route says what a caller hears that has reached a limit', () => {
  const all = Object.values(document.paths).flatMap((path) => Object.values(path));
  const limited = all.filter((one) => one.responses?.['422']);
  expect(limited.length).toBeGreaterThan(15);
  for (const { operationId, responses } of limited)
    expect(Object.keys(responses?.['429']?.headers ?? {}), operationId).toEqual([
      'Retry-After',
      'RateLimit-Policy',
      'RateLimit',
    ]);
});
