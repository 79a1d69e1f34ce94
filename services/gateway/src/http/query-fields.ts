import { AppError } from '@aegis/kit/errors';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../http-deps.ts';

/** More of a name tells nobody more. */
const SHOWN = 64;

/** The fields that a route takes in its query, by its schema. */
function takenBy({ routeOptions }: FastifyRequest): readonly string[] {
  const schema: unknown = routeOptions.schema?.querystring;
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/**
 * Refuses a query field that a path does not take, before anything is done: whoever misspells a filter would be answered as
 * if there were none. The pages under `/ui/` are for people, who come with whatever a link of theirs carries.
 */
export function refuseUnknownQuery(app: Pick<App, 'addHook'>): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const given = Object.keys(request.query as object);
    if (given.length === 0 || request.routeOptions.url === '/ui/*') return done();
    const taken = takenBy(request);
    const unknown = given.filter((name) => !taken.includes(name)).map((name) => name.slice(0, SHOWN));
    if (unknown.length === 0) return done();
    const takes = taken.length === 0 ? 'no query' : taken.join(', ');
    const fields = unknown.slice(0, 3).map((name) => `${name}: unknown field`);
    throw new AppError('invalid_request', `${fields.join('; ')} in the query; this path takes ${takes}`);
  });
}
