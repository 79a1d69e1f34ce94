import { CONSOLE_DIST } from '@aegis/console';
import { CATALOGUE, toAppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { refuseSmallPieces } from '@aegis/kit/pieces';
import cookie, { Signer } from '@fastify/cookie';
import files from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { type ConsoleDeps, consoleApi } from './console/api/api.ts';
import { createHostCheck } from './console/own-host.ts';
import { type FirstApproverPageDeps, firstApproverPage } from './console/pages/first-approver-page.ts';
import { type FormRoutesDeps, formRoutes } from './console/pages/form-routes.ts';
import { loadPage } from './console/pages/page.ts';
import { type PageRoutesDeps, pageRoutes } from './console/pages/page-routes.ts';
import type { SessionSecret } from './people/session-secret.ts';

/** A reason of 4096 characters takes up to twelve bytes each in a form. */
const FORM_BYTES = 65_536;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
/** The console's own files: their names change with what is in them. */
const ASSETS = {
  root: new URL('assets/', CONSOLE_DIST),
  prefix: '/ui/assets/',
  index: false,
  immutable: true,
  maxAge: '1y',
  decorateReply: false,
} as const;

const FOR_SOMEBODY = /^\/ui\/(api|s)\//;

type PageDeps = Omit<PageRoutesDeps & FirstApproverPageDeps & FormRoutesDeps, 'page'> &
  ConsoleDeps & {
    host: string;
    port: number;
    allowedHosts: readonly string[];
    /** What cookies are signed with. */
    secret: Pick<SessionSecret, 'current'>;
  };
export type Page = { address: string; close(): Promise<void> };

/** Headers of everything that a browser gets from here. */
function secure(
  app: FastifyInstance,
  { host, allowedHosts, approvers }: Pick<PageDeps, 'host' | 'allowedHosts' | 'approvers'>,
): void {
  const checkHost = createHostCheck([host, ...allowedHosts]);
  app.addHook('onRequest', async ({ headers }) => checkHost(headers.host));
  // Whose session it is, is known by the log or not at all; pages and files that say nothing need nobody.
  app.addHook('onRequest', async ({ url }) => {
    if (FOR_SOMEBODY.test(url)) await approvers.requireKnown();
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': reply.getHeader('cache-control') ?? 'no-store',
    });
  });
}

function acceptForms(app: FastifyInstance, log: Logger): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.setErrorHandler((thrown, _request, reply) => {
    const status = (thrown as { statusCode?: number }).statusCode ?? toAppError(thrown).status;
    const error = toAppError(thrown);
    if (error.code === 'internal' && status >= 500) log.error({ err: thrown }, 'page failed');
    return reply.code(status).type('text/plain; charset=utf-8').send(`${CATALOGUE[error.code].title}.\n`);
  });
}

/** The pages for people, on an address of their own inside; the gateway passes them through. */
export async function createHttp(deps: PageDeps): Promise<Page> {
  const app = Fastify({ bodyLimit: FORM_BYTES });
  refuseSmallPieces(app.server);
  const signer = (): Signer => new Signer(deps.secret.current, 'sha256');
  const secret = {
    sign: (value: string) => signer().sign(value),
    unsign: (value: string) => signer().unsign(value),
  };
  await app.register(cookie, { secret });
  secure(app, deps);
  acceptForms(app, deps.log);
  await app.register(files, ASSETS);
  await app.register(async (part) => consoleApi(part, deps), { prefix: '/ui/api' });
  const page = await loadPage();
  pageRoutes(app, { ...deps, page });
  firstApproverPage(app, { ...deps, page });
  formRoutes(app, { ...deps, page });
  const address = await app.listen({ host: deps.host, port: deps.port });
  return { address, close: () => app.close() };
}
