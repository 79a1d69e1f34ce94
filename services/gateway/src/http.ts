import { AppError } from '@aegis/kit/errors';
import { repeatedHeader } from '@aegis/kit/headers';
import type { Logger } from '@aegis/kit/logger';
import { refuseSmallPieces } from '@aegis/kit/pieces';
import { NO_PROXY_HEADER, serveBehindProxies } from '@aegis/kit/proxy-protocol';
import { closeSilentConnections } from '@aegis/kit/silent-connections';
import { refuseUnserved } from '@aegis/kit/unserved';
import Fastify, { type FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { GatewayConfig } from './config.ts';
import { type Allowed, createAllowed } from './http/allow.ts';
import { createAskWho } from './http/ask-who.ts';
import { type AskWho, type CallersDeps, nameCallers } from './http/callers.ts';
import { createHostCheck } from './http/hosts.ts';
import { acceptJson, BODY_LIMIT, readJsonBody } from './http/json-body.ts';
import { loggedUrl } from './http/logged-url.ts';
import { refuseUnreadable, sendProblem } from './http/problems.ts';
import { refuseUnknownQuery } from './http/query-fields.ts';
import { createAskFor, createAskTextFor, requestIdOf } from './http/request-context.ts';
import { createIntakeStop } from './http/stop-intake.ts';
import { validatorCompiler } from './http/validator.ts';
import type { App, HttpDeps } from './http-deps.ts';
import { describeApi } from './openapi/document.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { auditRoutes } from './routes/audit.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { documentRoutes } from './routes/documents.ts';
import { eventRoutes } from './routes/events.ts';
import { grantRoutes } from './routes/grants.ts';
import { guardRoutes } from './routes/guard.ts';
import { healthRoutes } from './routes/health.ts';
import { policyRoutes } from './routes/policy.ts';
import { toolRoutes } from './routes/tools.ts';
import { uiRoutes } from './routes/ui.ts';
import { webhookRoutes } from './routes/webhooks.ts';

const ROUTES = [
  guardRoutes,
  policyRoutes,
  approvalRoutes,
  decisionRoutes,
  grantRoutes,
  webhookRoutes,
  toolRoutes,
  auditRoutes,
  healthRoutes,
  eventRoutes,
] as const;

const HEADERS_WITHIN_MS = 10_000;
/** Percent-encoded, an id of 200 characters may be this long. */
const MAX_PARAM_LENGTH = 2400;

/** What says who asks, what of, and what is sent. */
const ONCE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'last-event-id',
  'origin',
  'sec-fetch-site',
]);

/** Some clients add a slash at the end of a path. The pages have addresses of their own. */
const withoutSlash = (url: string): string =>
  url.replace(/^(?!\/(?:ui|docs)\/)(\/[^?#]*[^/?#])\/(?=[?#]|$)/, '$1');

const noSuchPath = (): AppError => new AppError('not_found', 'No such path; GET /docs lists them all.');

function createFastify({ log, refusals, door }: Pick<HttpDeps, 'log' | 'refusals' | 'door'>): App {
  const fail = sendProblem(log, refusals);
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: HEADERS_WITHIN_MS,
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    rewriteUrl: ({ url = '/' }) => withoutSlash(url),
    genReqId: (raw) => requestIdOf(raw.headers),
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, refusals),
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setErrorHandler(fail);
  app.setNotFoundHandler(() => {
    throw noSuchPath();
  });
  app.setValidatorCompiler(validatorCompiler);
  // The bus checked each answer against its contract already: a second look at it costs more than the rest of the route.
  app.setSerializerCompiler(() => JSON.stringify);
  acceptJson(app, (request, body) => {
    const waiting = door.weigh(request, body);
    return waiting === undefined ? readJsonBody(body) : waiting.then(() => readJsonBody(body));
  });
  return app;
}

/** Before anything is read: the request's id on the answer, the host, and whether there is such a route at all. */
function guardTheDoor(app: App, { HOST, ALLOWED_HOSTS }: GatewayConfig, allowed: Allowed): void {
  const checkHost = createHostCheck(HOST, ALLOWED_HOSTS);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    checkHost(request.headers);
    const twice = repeatedHeader(request.raw, ONCE);
    if (twice !== undefined) throw new AppError('invalid_request', `${twice}: is there more than once`);
    if (!request.is404) return done();
    const methods = allowed.at(pathOf(request));
    if (methods.length === 0) throw noSuchPath();
    reply.header('allow', methods.join(', '));
    throw new AppError('method_not_allowed', `This path takes ${methods.join(', ')}.`);
  });
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

function logAtDebug(app: App, log: Logger): void {
  if (!log.isLevelEnabled('debug')) return;
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method, url } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    log.debug({ requestId: id, method, url: loggedUrl(url), status, ms }, 'answered');
    done();
  });
}

type Given = Omit<HttpDeps, 'ask' | 'askText' | 'callers'> & Omit<CallersDeps, 'askWho'>;

/** The HTTP side of the gateway, ready for `listen` or `inject`. Closing it ends the event streams. */
export function createHttp({ identities, localKey, ...given }: Given) {
  const { bus, config, door } = given;
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const ask = createAskFor(bus, timeoutMs);
  const whoIs = createAskWho(ask, config);
  const counted = new WeakSet<object>();
  // What is no key of the log's costs a question elsewhere, whoever makes it up: it is counted first, once a request.
  const askWho: AskWho = async (request) => {
    if (!counted.has(request.raw)) await door.unproved(request);
    counted.add(request.raw);
    return whoIs(request);
  };
  const callers = { identities, localKey, askWho };
  const deps = { ...given, callers, ask, askText: createAskTextFor(bus, timeoutMs) };
  const app = createFastify(deps);
  closeSilentConnections(app.server);
  refuseSmallPieces(app.server, deps.refusals.count);
  serveBehindProxies(app.server, config.PROXY_PROTOCOL_FROM, (from) =>
    deps.refusals.count(NO_PROXY_HEADER, from),
  );
  const allowed = createAllowed();
  guardTheDoor(app, config, allowed);
  nameCallers(app, callers);
  refuseUnknownQuery(app);
  door.guard(app);
  refuseUnserved(app.server, deps.refusals.count);
  logAtDebug(app, deps.log);
  app.addHook('onRoute', ({ method, url }) => allowed.add(method, url));
  const stopIntake = createIntakeStop(app.server, timeoutMs + 250);
  app.addHook('preClose', async () => {
    stopIntake();
    deps.feed.close();
    deps.waiting.close();
  });
  describeApi(app);
  app.after(() => {
    for (const add of ROUTES) add(app, deps);
    documentRoutes(app);
    uiRoutes(app, deps);
  });
  return app;
}
