import { ApproversFile, parseApprovers } from '@aegis/contracts/approvers-file';
import * as consoleContracts from '@aegis/contracts/console';
import { KeysFile, parseKeys } from '@aegis/contracts/keys-file';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { RPCS } from '@aegis/contracts/rpcs';
import { WebhookTarget } from '@aegis/contracts/webhooks';
import { serverProblem } from '@aegis/firewall/servers';
import { ConfigError, parseEnv } from '@aegis/kit/env';
import { AppError, parseRequest } from '@aegis/kit/errors';
import { isObject } from '@aegis/kit/json';
import { createLogger } from '@aegis/kit/logger';
import { validatePolicy } from '@aegis/policy-engine';
import { type Command, InvalidArgumentError } from 'commander';
import type { RouteOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../cli/src/program.ts';
import { PolicyV1, PolicyV2 } from '../libs/policy-engine/src/schema.ts';
import { ApprovalsEnv } from '../services/approvals/src/config.ts';
import { AuditEnv } from '../services/audit/src/config.ts';
import { EnforcerEnv } from '../services/enforcer/src/config.ts';
import { GatewayEnv } from '../services/gateway/src/config.ts';
import { createDoor } from '../services/gateway/src/http/turns.ts';
import { validatorCompiler } from '../services/gateway/src/http/validator.ts';
import { createHttp } from '../services/gateway/src/http.ts';
import { McpEnv } from '../services/mcp/src/config.ts';
import { createTools } from '../services/mcp/src/tools/all.ts';
import { NotifierEnv } from '../services/notifier/src/config.ts';
import { parseWebhooks } from '../services/notifier/src/file/entry.ts';
import { PolicyEnv } from '../services/policy/src/config.ts';
import { type JsonSchema, jsonSchemaOf, wrongValues } from './testkit/wrong-values.ts';

/** Words of the library that checks, which say nothing to who made the mistake. */
const LIBRARY =
  /invalid (input|option|key|value|element|string|number|discriminator|url|email|type|iso)|too (big|small)\b|\breceived\b|unrecognized|expected (string|number|int|bigint|boolean|array|object|record|nan|null|undefined|nonoptional|never|date|map|set)\b|must (match|start|end|include|be a multiple)|[<>]=|\/\^|\bNaN\b|\[object|undefined|another kind of value|text of another form|not taken here/i;

type Says = (value: unknown) => Promise<readonly string[]> | readonly string[];

/** A call that is taken asks the bus, which fails here. */
const onlyOurs = (thrown: unknown): void => {
  if (thrown instanceof AppError) throw thrown;
};

/** What is said of a value that is wrong in one place: in plain words, once, by the name of the place or what it is in. */
async function expectPlainWords(schema: JsonSchema, says: Says): Promise<void> {
  for (const { at, value, without } of wrongValues(schema)) {
    const said = await says(value);
    const where = `${at.join('.')} of ${JSON.stringify(value)?.slice(0, 200)}`;
    expect(said.join('; '), where).not.toMatch(LIBRARY);
    expect(said, `${where}: nothing is said twice`).toEqual([...new Set(said)]);
    const names = at.map((_, i) => at.slice(0, i + 1).join('.'));
    const isNamed = (one: string): boolean =>
      at.length === 0 ||
      names.some(
        (name) =>
          /^[.:]/.test(one.startsWith(name) ? one.slice(name.length) : '') || one.includes(` ${name}`),
      );
    const others = await says(without);
    expect(
      said.filter((one) => !others.includes(one) && !isNamed(one)),
      where,
    ).toEqual([]);
  }
}

const sentences = (text: string): string[] => text.split('; ');
const problemIn = (read: object): string[] => ('problem' in read ? sentences(String(read.problem)) : []);

async function detailOf(run: () => unknown): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (thrown) {
    if (thrown instanceof AppError || thrown instanceof ConfigError) return sentences(thrown.message);
    throw thrown;
  }
}

const nobody = {} as never;

async function routesOfGateway(): Promise<RouteOptions[]> {
  const config = parseEnv(GatewayEnv, {});
  const limitOf = createLimitOf(config);
  const app = createHttp({
    bus: nobody,
    config,
    limitOf,
    log: createLogger('test', 'silent'),
    feed: { close: () => undefined } as never,
    waiting: { close: () => undefined } as never,
    door: createDoor(1000, createRequestAllowance(limitOf)),
    identities: nobody,
    endings: nobody,
    localKey: () => undefined,
    refusals: { count: () => undefined },
  });
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  await app.ready();
  await app.close();
  return routes;
}

const PARTS = ['body', 'querystring', 'headers', 'params'] as const;

/** What the checker of a part of a request says. */
function partSays(schema: z.ZodType, httpPart: string): Says {
  const check = validatorCompiler({ schema, httpPart, method: 'POST', url: '/' });
  return (value) => {
    const said = check(value);
    return typeof said === 'object' && 'error' in said ? sentences((said.error as Error).message) : [];
  };
}

const CONSOLE = Object.entries<unknown>(consoleContracts).flatMap(([name, one]) =>
  one instanceof z.ZodType ? [[name, one] as const] : [],
);

const FILES: Readonly<Record<string, readonly [JsonSchema, (text: string) => object]>> = {
  approvers: [jsonSchemaOf(ApproversFile), parseApprovers],
  keys: [jsonSchemaOf(KeysFile), parseKeys],
  webhooks: [
    {
      type: 'object',
      properties: { webhooks: { type: 'object', additionalProperties: jsonSchemaOf(WebhookTarget) } },
    },
    parseWebhooks,
  ],
};

const texts: JsonSchema = { type: 'object', additionalProperties: {} };
/** An entry of the servers file, whose reader tells what is wrong with one. */
const SERVER: JsonSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(
      ['type', 'command', 'cwd', 'url', 'serverUrl', 'httpUrl', 'disabled'].map((name) => [name, {}]),
    ),
    args: { items: {} },
    env: texts,
    headers: texts,
    aegis: { type: 'object', properties: { record: {}, hold: {}, showDenied: {} } },
  },
};

const ENVIRONMENTS = { ApprovalsEnv, AuditEnv, EnforcerEnv, GatewayEnv, McpEnv, NotifierEnv, PolicyEnv };

function* parsersOf(
  command: Command,
): Generator<readonly [string, (text: string, before: never) => unknown]> {
  for (const one of [...command.options, ...command.registeredArguments])
    if (one.parseArg) yield [`${command.name()} ${one.name()}`, one.parseArg];
  for (const inner of command.commands) yield* parsersOf(inner);
}

function refusalOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (thrown) {
    if (thrown instanceof InvalidArgumentError) return thrown.message;
    throw thrown;
  }
}

describe('what is wrong is said in plain words, with the name of the field', () => {
  it('at each REST route: body, query, headers and path', async () => {
    const parts = (await routesOfGateway()).flatMap(({ schema }) =>
      PARTS.map((part) => [part, schema?.[part]] as const),
    );
    const checked = parts.filter(
      (one): one is [(typeof PARTS)[number], z.ZodType] => one[1] instanceof z.ZodType,
    );
    expect(checked.length).toBeGreaterThan(25);
    for (const [part, schema] of checked)
      await expectPlainWords(jsonSchemaOf(schema), partSays(schema, part));
  });

  it.each([...RPCS])('in a question on the bus: %s', async (_name, { request }) => {
    await expectPlainWords(jsonSchemaOf(request), (value) => detailOf(() => parseRequest(request, value)));
  });

  it.each(
    createTools({
      bus: { ask: () => Promise.reject(new Error('a call that was taken')) },
      via: 'mcp-http',
      timeoutMs: 1,
    }),
  )('by the MCP tool $name', async (tool) => {
    const schema = tool.inputSchema['~standard'].jsonSchema.input({
      target: 'draft-2020-12',
    }) as JsonSchema;
    const caller = { principal: 'agent', traceparent: undefined };
    await expectPlainWords(schema, (value) => detailOf(() => tool.call(value, caller).catch(onlyOurs)));
  });

  it.each(CONSOLE)('from the console: %s', async (_name, schema) => {
    await expectPlainWords(jsonSchemaOf(schema), (value) => detailOf(() => parseRequest(schema, value)));
  });

  it.each(Object.entries(FILES))('in the file of %s', async (_name, [schema, parse]) => {
    await expectPlainWords(schema, (value) => problemIn(parse(JSON.stringify(value) ?? '{}')));
  });

  it('in an entry of the servers file', async () => {
    await expectPlainWords(SERVER, (value) =>
      sentences(serverProblem('shop', isObject(value) ? { command: 'shop', ...value } : value) ?? '').filter(
        Boolean,
      ),
    );
  });

  it.each([
    [1, PolicyV1],
    [2, PolicyV2],
  ])('in a policy of version %i', async (version, schema) => {
    await expectPlainWords(jsonSchemaOf(schema), (value) => {
      const valid = validatePolicy(isObject(value) ? { rules: [], ...value, version } : value);
      return valid.ok ? [] : valid.errors;
    });
  });

  it.each(Object.entries(ENVIRONMENTS))('in the environment: %s', async (_name, schema) => {
    for (const name of Object.keys(schema.shape))
      for (const text of [
        'x',
        '-1',
        '1.5',
        '1e999',
        '0x10',
        'NaN',
        ' ',
        'ftp://x',
        'http://',
        'x'.repeat(9999),
        'a,b;c',
      ])
        for (const one of await detailOf(() => parseEnv(schema, { [name]: text }))) {
          expect(one).not.toMatch(LIBRARY);
          expect(one, text).toMatch(/^[A-Z_]+: /);
        }
  });

  it('in each option of the command line that is read', () => {
    const program = createProgram({} as never, false);
    const parsers = [...parsersOf(program)];
    expect(parsers.length).toBeGreaterThan(20);
    for (const [name, parse] of parsers)
      for (const text of [
        '',
        ' ',
        '-1',
        '1.5',
        '1e999',
        'NaN',
        '{',
        '[]',
        'no\u0000line',
        'x'.repeat(5000),
        'ftp://x',
      ])
        expect(
          refusalOf(() => parse(text, undefined as never)),
          `${name} ${text.slice(0, 20)}`,
        ).not.toMatch(LIBRARY);
  });
});
