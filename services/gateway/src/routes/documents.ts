import type { App } from '../http-deps.ts';
import { PAGE_POLICY, renderPage } from '../openapi/page.ts';
import type { ApiDocument } from '../openapi/shape.ts';

/** The API's description, for programs and for people; made once, when all routes are there. */
export function documentRoutes(app: App): void {
  let json = '';
  let page = '';
  app.addHook('onReady', async () => {
    const document = app.swagger() as unknown as ApiDocument;
    json = JSON.stringify(document);
    page = renderPage(document);
  });
  const schema = { hide: true };
  app.get('/', { schema }, (_request, reply) => reply.redirect('/docs'));
  app.get('/openapi.json', { schema }, (_request, reply) => reply.type('application/json').send(json));
  app.get('/docs', { schema }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(page),
  );
}
