import { fixtureOf } from '@aegis/contracts/fixture';
import { RPCS } from '@aegis/contracts/rpcs';
import swagger, { type SwaggerTransform } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { App } from '../http-deps.ts';
import { SECURITY_SCHEMES } from './security.ts';
import { withoutUnused } from './unused.ts';

const INFO = {
  title: 'AegisMCP',
  version: '0.1.0',
  description:
    "The firewall for AI agents' tool calls: allow, deny, or ask a person, and prove afterwards what happened. " +
    'Every fault is application/problem+json (RFC 9457) with a stable code. Every answer has an X-Request-Id; a sane one that you ' +
    'send is kept. Limits are told by Retry-After, RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers): with ' +
    'each 429, and where little is left. A W3C traceparent that you send is passed on. An optional field of a body may be null, which is to leave it ' +
    'out; what you fill in as you like, such as args, keeps its nulls. In a browser: [approvals](/ui/approvals), [changed tools](/ui/tools).',
};

const TAGS = [
  { name: 'guard', description: 'May a call run?' },
  { name: 'approvals', description: 'The human side' },
  { name: 'grants', description: 'What an approver lets run for a while' },
  { name: 'webhooks', description: 'Who is told of what waits' },
  { name: 'tools', description: 'What servers say of their tools' },
  { name: 'policy', description: 'The rules' },
  { name: 'audit', description: 'The record' },
  { name: 'events', description: 'What happens, as it happens' },
  { name: 'health', description: 'How all of it is' },
];

type Answer = { content?: unknown; type?: unknown };
type Answers<T> = Record<string, T>;

/** An answer that names its schema, with the schema's meaning as its own; the generator gives none to a reference. */
function withMeaning(answer: Answer, described: z.ZodType): unknown {
  if (answer.content !== undefined) return answer;
  const { description = 'The answer' } = described.meta() ?? {};
  if (answer.type === 'null') return { description };
  return { description, content: { 'application/json': { schema: answer } } };
}

/** What goes with a 429. */
const LIMITED = {
  'Retry-After': { type: 'integer', description: 'In so many seconds it may go through' },
  'RateLimit-Policy': {
    type: 'string',
    description:
      'Which limit it is: its name, `q` how much of it there is, `w` in how many seconds it fills, `qu` its unit',
  },
  RateLimit: {
    type: 'string',
    description: 'What is left of it: its name, `r` how much, `t` in how many seconds there is more',
  },
};

const withHeaders = (status: string, answer: unknown): unknown =>
  status === '429' && typeof answer === 'object' ? { ...answer, headers: LIMITED } : answer;

const transform: SwaggerTransform = (input) => {
  const { schema, url } = jsonSchemaTransform(input);
  const { response } = schema as { response?: Answers<Answer> };
  if (response === undefined) return { schema, url };
  const described = (input.schema as { response: Answers<z.ZodType> }).response;
  const answers = Object.entries(response).map(([status, answer]) => [
    status,
    withHeaders(status, withMeaning(answer, described[status] as z.ZodType)),
  ]);
  return { schema: { ...schema, response: Object.fromEntries(answers) }, url };
};

type Described = { components?: { schemas?: Record<string, { examples?: unknown[] }> } };

/** What a service answers is shown as in the fixture of its question. */
function withFixtures<D extends object>(document: D): D {
  const { schemas = {} } = (document as Described).components ?? {};
  for (const rpc of RPCS.values()) {
    const schema = schemas[rpc.reply.meta()?.id ?? ''];
    if (schema !== undefined) schema.examples ??= [fixtureOf(rpc).reply];
  }
  return document;
}

/** Collects the routes that are added from here on into an OpenAPI 3.1 document: `app.swagger()` once it is ready. */
export function describeApi(app: App): void {
  (app as FastifyInstance).register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: INFO,
      // Of whatever address this was read from: only who reads it knows how the gateway is reached.
      servers: [{ url: '/', description: 'The gateway that this description is from' }],
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    convertConstToEnum: false,
    transform,
    transformObject: (document) => withFixtures(withoutUnused(jsonSchemaTransformObject(document))),
  });
}
