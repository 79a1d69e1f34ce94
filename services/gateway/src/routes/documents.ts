import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { App } from '../http-deps.ts';

/** The page takes scripts, style and the description from this address, and nothing from any other; nobody frames it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API's description, for programs and for people, and what people type. */
export function documentRoutes(app: App): void {
  const schema = { hide: true };
  // Made at the start, and kept: whoever asks for a decision meanwhile would wait for it.
  let description = '';
  app.addHook('onReady', async () => void (description = JSON.stringify(app.swagger())));
  app.get('/', { schema }, (_request, reply) => reply.redirect('/docs'));
  app.get('/ui', { schema }, (_request, reply) => reply.redirect('/ui/'));
  // A browser asks for it where an answer names none; the console's pages name theirs.
  app.get('/favicon.ico', { schema }, (_request, reply) => reply.code(204).send());
  app.get('/openapi.json', { schema }, (_request, reply) => reply.type('application/json').send(description));
  (app as FastifyInstance).register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    theme: { title: 'AegisMCP API' },
    // Without the bar on top, where another description's address could be typed.
    uiConfig: { layout: 'BaseLayout' },
  });
}
