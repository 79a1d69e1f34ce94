import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus, Refusals } from '@aegis/bus';
import type { LimitOf } from '@aegis/contracts/limits';
import type { Logger } from '@aegis/kit/logger';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { GatewayConfig } from './config.ts';
import type { Feed } from './events/feed.ts';
import type { CallersDeps } from './http/callers.ts';
import type { Endings } from './http/endings.ts';
import type { AskFor, AskTextFor } from './http/request-context.ts';
import type { Door } from './http/turns.ts';
import type { Waiting } from './waiting/waiting.ts';

/** The HTTP server, its routes typed by zod. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes need. */
export type HttpDeps = {
  bus: Bus;
  ask: AskFor;
  askText: AskTextFor;
  config: GatewayConfig;
  log: Logger;
  feed: Feed;
  door: Door;
  waiting: Waiting;
  refusals: Pick<Refusals, 'count'>;
  callers: CallersDeps;
  endings: Endings;
  limitOf: LimitOf;
};
