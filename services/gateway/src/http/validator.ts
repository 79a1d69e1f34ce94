import { AppError, parseRequest } from '@aegis/kit/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';

type Checked = { value: unknown } | { error: AppError } | true;

/** A parameter of a query that is there more than once, which Fastify reads as a list: none means one. */
const givenTwice = (query: unknown): string | undefined =>
  Object.entries(query ?? {}).find(([, value]) => Array.isArray(value))?.[0];

function check(schema: z.ZodType, data: unknown, httpPart: string | undefined): Checked {
  const hasNoBody = httpPart === 'body' && data === null;
  if (hasNoBody && !schema.safeParse(undefined).success) {
    return { error: new AppError('invalid_request', 'body: a JSON object is required') };
  }
  const twice = httpPart === 'querystring' ? givenTwice(data) : undefined;
  if (twice !== undefined)
    return { error: new AppError('invalid_request', `${twice}: is there more than once`) };
  try {
    const value = parseRequest(schema, hasNoBody ? undefined : data);
    // Headers are checked and left as they came: the schema names only those that it is about.
    return httpPart === 'headers' ? true : { value };
  } catch (thrown) {
    if (thrown instanceof AppError) return { error: thrown };
    throw thrown;
  }
}

/** Checks each part of a request by its zod schema; what is wrong becomes a 422 that names the field. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) =>
    check(schema, data, httpPart);
