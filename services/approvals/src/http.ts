import { readFile } from 'node:fs/promises';
import { toAppError } from '@aegis/shared/errors/app-error';
import { CATALOGUE } from '@aegis/shared/errors/catalogue';
import type { Logger } from '@aegis/shared/runtime/logger';
import Fastify from 'fastify';
import { type ApprovalRoutesDeps, approvalRoutes } from './page/approval-routes.ts';
import { createHostCheck } from './page/own-host.ts';
import { type ToolRoutesDeps, toolRoutes } from './page/tool-routes.ts';

const FORM_BYTES = 8_192;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

type PageDeps = ApprovalRoutesDeps &
  ToolRoutesDeps & { log: Logger; host: string; port: number; allowedHosts: readonly string[] };
export type Page = { address: string; close(): Promise<void> };

const asset = (name: string): Promise<string> => readFile(new URL(`../web/${name}`, import.meta.url), 'utf8');

/** The pages for people, on an address of their own inside; the gateway passes them through. */
export async function createPage(deps: PageDeps): Promise<Page> {
  const app = Fastify({ bodyLimit: FORM_BYTES });
  const [css, js] = await Promise.all([asset('approvals.css'), asset('approvals.js')]);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  const checkHost = createHostCheck([deps.host, ...deps.allowedHosts]);
  app.addHook('onRequest', async ({ headers }) => checkHost(headers.host));
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
  app.setErrorHandler((thrown, _request, reply) => {
    const status = (thrown as { statusCode?: number }).statusCode ?? toAppError(thrown).status;
    const error = toAppError(thrown);
    if (error.code === 'internal' && status >= 500) deps.log.error({ err: thrown }, 'page failed');
    return reply.code(status).type('text/plain; charset=utf-8').send(`${CATALOGUE[error.code].title}.\n`);
  });
  app.get('/ui/approvals.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(css));
  app.get('/ui/approvals.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(js));
  approvalRoutes(app, deps);
  toolRoutes(app, deps);
  const address = await app.listen({ host: deps.host, port: deps.port });
  return { address, close: () => app.close() };
}
