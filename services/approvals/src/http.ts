import { readFile } from 'node:fs/promises';
import { CONSOLE_DIST } from '@aegis/console';
import { CATALOGUE, toAppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import { type ConsoleDeps, consoleApi } from './console/api/api.ts';
import { HTML } from './console/form.ts';
import { type ApprovalRoutesDeps, approvalRoutes } from './console/pages/approval-routes.ts';
import { loadAssets } from './console/pages/assets.ts';
import { createHostCheck } from './console/pages/own-host.ts';
import { sessionForm } from './console/pages/session-form.ts';
import { nothingHere, scriptPage } from './console/pages/sign-in-page.ts';
import { type ToolRoutesDeps, toolRoutes } from './console/pages/tool-routes.ts';

/** A reason of 4096 characters takes up to twelve bytes each in a form. */
const FORM_BYTES = 65_536;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
/** Of the console's own files: their names change with what is in them. */
const FOR_EVER = 'public, max-age=31536000, immutable';

type PageDeps = Omit<ApprovalRoutesDeps, 'assets'> &
  ToolRoutesDeps &
  ConsoleDeps & {
    host: string;
    port: number;
    allowedHosts: readonly string[];
    /** What cookies are signed with. */
    secret: Buffer;
  };
export type Page = { address: string; close(): Promise<void> };

/** Headers of everything that a browser gets from here. */
function secure(app: FastifyInstance, { host, allowedHosts }: Pick<PageDeps, 'host' | 'allowedHosts'>): void {
  const checkHost = createHostCheck([host, ...allowedHosts]);
  app.addHook('onRequest', async ({ headers }) => checkHost(headers.host));
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
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
  const [css, assets] = await Promise.all([
    readFile(new URL('./console/pages/page.css', import.meta.url), 'utf8'),
    loadAssets(CONSOLE_DIST),
  ]);
  await app.register(cookie, { secret: deps.secret, algorithm: 'sha256' });
  secure(app, deps);
  acceptForms(app, deps.log);
  await app.register(async (part) => consoleApi(part, deps), { prefix: '/ui/api' });
  app.get('/ui/approvals.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(css));
  for (const [path, { type, body }] of assets.files) {
    app.get(path, (_request, reply) => reply.type(type).header('cache-control', FOR_EVER).send(body));
  }
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(HTML).send(nothingHere()));
  app.get('/ui/', (_request, reply) => reply.redirect('/ui/approvals', 302));
  for (const [path, title] of [
    ['history', 'History'],
    ['grants', 'Grants'],
    ['webhooks', 'Webhooks'],
  ] as const) {
    app.get(`/ui/${path}`, (_request, reply) => reply.type(HTML).send(scriptPage(assets, title)));
  }
  approvalRoutes(app, { ...deps, assets });
  sessionForm(app, deps);
  toolRoutes(app, deps);
  const address = await app.listen({ host: deps.host, port: deps.port });
  return { address, close: () => app.close() };
}
