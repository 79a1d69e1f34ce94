import { readFile } from 'node:fs/promises';
import { ApprovalStatus } from '@aegis/shared/contracts/approvals';
import { toAppError } from '@aegis/shared/errors/app-error';
import { CATALOGUE, isErrorCode } from '@aegis/shared/errors/catalogue';
import type { Logger } from '@aegis/shared/runtime/logger';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Lifecycle } from './lifecycle.ts';
import type { List } from './nats.ts';
import { approvalsPage, type Notice, ROW } from './page/approvals-page.ts';

const ANSWER_WITHIN_MS = 1_500;
const ROWS = 50;
const FORM_BYTES = 8_192;
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

type PageDeps = { list: List; lifecycle: Lifecycle; log: Logger; host: string; port: number };
export type Page = { address: string; close(): Promise<void> };
type Query = { status?: string; before?: string; decided?: string; error?: string };

const asset = (name: string): Promise<string> => readFile(new URL(`../web/${name}`, import.meta.url), 'utf8');

/** What the page says after a form was sent; the text is ours, never the address line's. */
async function notice({ decided, error }: Query, lifecycle: Lifecycle): Promise<Notice | undefined> {
  if (error !== undefined && isErrorCode(error)) return { tone: 'bad', text: `${CATALOGUE[error].title}.` };
  if (decided === undefined) return undefined;
  const approval = await lifecycle.get(decided, Date.now() + ANSWER_WITHIN_MS);
  const tone = approval.status === 'approved' || approval.status === 'consumed' ? 'good' : 'bad';
  return { tone, text: `Approval ${approval.approval_id} is ${approval.status}.` };
}

/** A form that another site sent decides nothing: browsers say where a request comes from (Fetch Metadata). */
function isForeign(headers: Record<string, string | string[] | undefined>): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
}

function addRoutes(app: FastifyInstance, { list, lifecycle }: PageDeps): void {
  app.get<{ Querystring: Query }>('/ui/approvals', async (request, reply) => {
    const status = ApprovalStatus.safeParse(request.query.status).data;
    const { before } = request.query;
    const page = await list({ limit: ROWS, status, before }, ROW, Date.now() + ANSWER_WITHIN_MS);
    return reply.type('text/html; charset=utf-8').send(
      approvalsPage({
        rows: page.items,
        next: page.next,
        status,
        notice: await notice(request.query, lifecycle),
      }),
    );
  });

  app.post<{ Params: { id: string }; Body: URLSearchParams | undefined }>(
    '/ui/approvals/:id',
    async (request, reply) => {
      if (isForeign(request.headers)) return reply.redirect('/ui/approvals?error=forbidden_origin', 303);
      const { id } = request.params;
      const approval_code = request.body?.get('approval_code') ?? '';
      if (approval_code === '') return reply.redirect('/ui/approvals?error=invalid_request', 303);
      const source = String(request.headers['x-forwarded-for'] ?? request.ip);
      try {
        await lifecycle.complete({ id, approval_code, source }, Date.now() + ANSWER_WITHIN_MS);
      } catch (thrown) {
        return reply.redirect(`/ui/approvals?error=${toAppError(thrown).code}`, 303);
      }
      return reply.redirect(`/ui/approvals?decided=${encodeURIComponent(id)}`, 303);
    },
  );
}

/** The page for people, on its own address inside; the gateway passes it through. */
export async function createPage(deps: PageDeps): Promise<Page> {
  const app = Fastify({ bodyLimit: FORM_BYTES });
  const [css, js] = await Promise.all([asset('approvals.css'), asset('approvals.js')]);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
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
  addRoutes(app, deps);
  const address = await app.listen({ host: deps.host, port: deps.port });
  return { address, close: () => app.close() };
}
